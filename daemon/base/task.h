// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/base/frame_memory.h"

namespace numproof {

template <typename T>
class Task;

namespace task_detail {

/// Resumes whoever awaits a finished task, without growing the stack.
struct ResumeAwaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <typename Promise>
    [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished
    ) const noexcept {
        const auto awaiter = finished.promise().awaiter;
        return awaiter ? awaiter : std::noop_coroutine();
    }

    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> awaiter;

    static void* operator new(std::size_t size) { return take_frame(size); }

    static void operator delete(void* frame, std::size_t size) noexcept {
        give_frame(frame, size);
    }

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    [[nodiscard]] ResumeAwaiter final_suspend() const noexcept { return {}; }

    /// Nothing of ours throws; what a library throws is caught at its adapter.
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

}  // namespace task_detail

/// A lazy coroutine: it starts when it is awaited, runs on the awaiting thread's loop and yields
/// exactly one value. Destroying a Task that is suspended destroys its frame.
///
/// Coroutine parameters are taken by value, or refer to something that outlives the task. GCC 12
/// ends closures and aggregates twice that are made inside a `co_await` expression, and miscompiles
/// `co_await` inside `?:`: name the value first (tests/style/rules_of_coroutines.py looks).
template <typename T = void>
class [[nodiscard]] Task {
public:
    struct promise_type : task_detail::PromiseBase {
        std::optional<T> value;

        Task get_return_object() noexcept {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }

        template <typename U>
        void return_value(U&& result) {
            value.emplace(std::forward<U>(result));
        }
    };

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}

    Task& operator=(Task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }

    ~Task() {
        if (frame_) {
            frame_.destroy();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
        frame_.promise().awaiter = awaiter;
        return frame_;
    }

    T await_resume() { return std::move(*frame_.promise().value); }

private:
    explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    std::coroutine_handle<promise_type> frame_;
};

template <>
class [[nodiscard]] Task<void> {
public:
    struct promise_type : task_detail::PromiseBase {
        Task get_return_object() noexcept {
            return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }

        void return_void() const noexcept {}
    };

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}

    Task& operator=(Task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }

    ~Task() {
        if (frame_) {
            frame_.destroy();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
        frame_.promise().awaiter = awaiter;
        return frame_;
    }

    void await_resume() const noexcept {}

private:
    explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    std::coroutine_handle<promise_type> frame_;
};

namespace task_detail {

/// A coroutine that nobody awaits: it starts at once and frees itself at its end.
struct Detached {
    struct promise_type {
        [[nodiscard]] Detached get_return_object() const noexcept { return {}; }

        [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }

        [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }

        void return_void() const noexcept {}

        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace task_detail

/// Starts `task` now and lets it run to its end on its own.
/// The caller sees to it that what the task refers to lives until then.
inline void spawn(Task<void> task) {
    [](Task<void> owned) -> task_detail::Detached { co_await owned; }(std::move(task));
}

/// Starts `task` now; `done` receives its value, possibly before spawn() returns.
template <typename T, typename Done>
void spawn(Task<T> task, Done done) {
    [](Task<T> owned, Done then) -> task_detail::Detached {
        then(co_await owned);
    }(std::move(task), std::move(done));
}

/// The bridge from a callback to a coroutine: one side awaits it, the other completes it once.
/// Both happen on one thread. It must stay where it is between the two.
template <typename T>
class Pending {
public:
    Pending() = default;
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

    /// Gives the value and resumes the awaiting coroutine, if there is one already.
    void complete(T value) {
        NP_CHECK(!value_.has_value());
        value_.emplace(std::move(value));
        if (auto awaiter = std::exchange(awaiter_, {})) {
            awaiter.resume();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return value_.has_value(); }

    void await_suspend(std::coroutine_handle<> awaiter) noexcept { awaiter_ = awaiter; }

    T await_resume() { return std::move(*value_); }

private:
    std::optional<T> value_;
    std::coroutine_handle<> awaiter_;
};

}  // namespace numproof
