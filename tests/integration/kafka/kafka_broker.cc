// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka/kafka_broker.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::chrono::seconds kPatience{90};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// A port that was free a moment ago.
std::uint16_t free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    NP_CHECK(bind(probe, generic, size) == 0 && getsockname(probe, generic, &size) == 0);
    close(probe);
    return ntohs(address.sin_port);
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
    NP_CHECK(pipe != nullptr);
    std::array<char, 1024> line{};
    NP_CHECK(fgets(line.data(), line.size(), pipe.get()) != nullptr);
    std::string text{line.data()};
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

/// Runs `words` with its output in `log`; it is killed when the thread that made it ends.
pid_t spawn_process(std::vector<std::string> words, const std::filesystem::path& log) {
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    close(out);
    NP_CHECK(pid > 0);
    return pid;
}

}  // namespace

KafkaBroker::KafkaBroker()
    : jars_(
          output_of(std::string{NUMPROOF_SOURCE_DIR} + "/tests/services/services prepare") + "/*"
      ) {
    std::string pattern = std::filesystem::temp_directory_path() / "numproof-kafka-XXXXXX";
    NP_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    port_ = free_port();
    controller_port_ = free_port();
    write_properties();
    format();
    launch();
}

KafkaBroker::~KafkaBroker() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

KafkaBroker& KafkaBroker::shared() {
    static KafkaBroker broker;
    return broker;
}

KafkaConnection KafkaBroker::connection() const {
    return KafkaConnection{
        .brokers = {"127.0.0.1:" + std::to_string(port_)}, .security = {}, .properties = {}};
}

void KafkaBroker::write_properties() {
    const auto port = std::to_string(port_);
    const auto controller = std::to_string(controller_port_);
    std::ofstream{folder_ / "kraft.properties"}
        << "process.roles=broker,controller\n"
        << "node.id=1\n"
        << "controller.quorum.voters=1@localhost:" << controller << "\n"
        << "listeners=PLAINTEXT://127.0.0.1:" << port << ",CONTROLLER://127.0.0.1:" << controller
        << "\nadvertised.listeners=PLAINTEXT://127.0.0.1:" << port << "\n"
        << "controller.listener.names=CONTROLLER\n"
        << "inter.broker.listener.name=PLAINTEXT\n"
        << "log.dirs=" << (folder_ / "data").string() << "\n"
        << "offsets.topic.replication.factor=1\n"
        << "offsets.topic.num.partitions=1\n"
        << "transaction.state.log.replication.factor=1\n"
        << "transaction.state.log.min.isr=1\n"
        << "group.initial.rebalance.delay.ms=0\n"
        << "group.min.session.timeout.ms=1000\n"
        << "auto.create.topics.enable=false\n";
}

void KafkaBroker::format() const {
    const auto pid = spawn_process(
        {"java",
         "-cp",
         jars_,
         "kafka.tools.StorageTool",
         "format",
         "-t",
         "MkU3OEVBNTcwNTJENDM2Qk",
         "-c",
         (folder_ / "kraft.properties").string()},
        folder_ / "format.log"
    );
    int status = 0;
    NP_CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

void KafkaBroker::launch() {
    pid_ = spawn_process(
        {"java",
         "-Xmx512m",
         "-XX:+UseSerialGC",
         "-cp",
         jars_,
         "kafka.Kafka",
         (folder_ / "kraft.properties").string()},
        folder_ / "broker.log"
    );
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!answers()) {
        NP_CHECK(std::chrono::steady_clock::now() < end);
        NP_CHECK(waitpid(pid_, nullptr, WNOHANG) == 0);
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

bool KafkaBroker::answers() const {
    // ApiVersions, version 0: what every client asks first.
    constexpr std::array<unsigned char, 14> kRequest{
        0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF};
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port_);
    constexpr timeval kAnswerTime{.tv_sec = 2, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kAnswerTime, sizeof kAnswerTime);
    bool answered =
        connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    std::array<char, 8> answer{};
    answered = answered &&
               send(connection, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) == ssize_t{14} &&
               recv(connection, answer.data(), answer.size(), MSG_WAITALL) == ssize_t{8};
    close(connection);
    return answered;
}

void KafkaBroker::kill() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
}

void KafkaBroker::start_again() {
    launch();
}

void KafkaBroker::freeze() {
    ::kill(pid_, SIGSTOP);
}

void KafkaBroker::thaw() {
    ::kill(pid_, SIGCONT);
}

}  // namespace numproof
