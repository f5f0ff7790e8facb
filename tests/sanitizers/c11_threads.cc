// SPDX-License-Identifier: Apache-2.0
// librdkafka makes its threads and locks by C11's functions, which ThreadSanitizer of GCC 12 does
// not know: it crashes in a thread that it never saw start. Linked into programs that are built
// for ThreadSanitizer, these take the place of glibc's and call the pthread functions that it
// does know. glibc's own C11 types are pthread types under another name, which is relied on here.
#include <cerrno>
#include <cstdint>
#include <memory>

#include <pthread.h>
#include <threads.h>

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
static_assert(sizeof(once_flag) == sizeof(pthread_once_t));
static_assert(sizeof(thrd_t) == sizeof(pthread_t));

namespace {

struct Start {
    thrd_start_t function;
    void* argument;
};

void* run(void* raw) {
    const std::unique_ptr<Start> start{static_cast<Start*>(raw)};
    const std::intptr_t result = start->function(start->argument);
    return reinterpret_cast<void*>(result);
}

int outcome(int error) {
    switch (error) {
        case 0:
            return thrd_success;
        case ETIMEDOUT:
            return thrd_timedout;
        case EBUSY:
            return thrd_busy;
        case ENOMEM:
            return thrd_nomem;
        default:
            return thrd_error;
    }
}

pthread_mutex_t* native(mtx_t* mutex) {
    return reinterpret_cast<pthread_mutex_t*>(mutex);
}

pthread_cond_t* native(cnd_t* condition) {
    return reinterpret_cast<pthread_cond_t*>(condition);
}

}  // namespace

extern "C" {

/// What ThreadSanitizer reads before TSAN_OPTIONS.
const char* __tsan_default_options() {
    return "suppressions=" NUMPROOF_TSAN_SUPPRESSIONS;
}

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
    auto start = std::make_unique<Start>(Start{.function = function, .argument = argument});
    const int error = pthread_create(thread, nullptr, run, start.get());
    if (error == 0) {
        static_cast<void>(start.release());
    }
    return outcome(error);
}

int thrd_join(thrd_t thread, int* result) {
    void* raw = nullptr;
    const int error = pthread_join(thread, &raw);
    if (result != nullptr) {
        *result = static_cast<int>(reinterpret_cast<std::intptr_t>(raw));
    }
    return outcome(error);
}

int mtx_init(mtx_t* mutex, int type) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    const bool recursive = (type & mtx_recursive) != 0;
    pthread_mutexattr_settype(
        &attributes, recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL
    );
    const int error = pthread_mutex_init(native(mutex), &attributes);
    pthread_mutexattr_destroy(&attributes);
    return outcome(error);
}

int mtx_lock(mtx_t* mutex) {
    return outcome(pthread_mutex_lock(native(mutex)));
}

int mtx_unlock(mtx_t* mutex) {
    return outcome(pthread_mutex_unlock(native(mutex)));
}

void mtx_destroy(mtx_t* mutex) {
    pthread_mutex_destroy(native(mutex));
}

int cnd_init(cnd_t* condition) {
    return outcome(pthread_cond_init(native(condition), nullptr));
}

int cnd_signal(cnd_t* condition) {
    return outcome(pthread_cond_signal(native(condition)));
}

int cnd_broadcast(cnd_t* condition) {
    return outcome(pthread_cond_broadcast(native(condition)));
}

int cnd_wait(cnd_t* condition, mtx_t* mutex) {
    return outcome(pthread_cond_wait(native(condition), native(mutex)));
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    return outcome(pthread_cond_timedwait(native(condition), native(mutex), until));
}

void cnd_destroy(cnd_t* condition) {
    pthread_cond_destroy(native(condition));
}

void call_once(once_flag* flag, void (*function)()) {
    pthread_once(reinterpret_cast<pthread_once_t*>(flag), function);
}

}  // extern "C"
