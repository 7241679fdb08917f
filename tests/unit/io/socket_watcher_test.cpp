#include "io/socket_watcher.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <chrono>
#include <ctime>

#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/run.hpp"
#include "async/sleep.hpp"
#include "support/descriptors.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

/// Records the events, and wakes the waiting test.
class Recorder final : public SocketWatcher::Listener {
public:
    void on_ready(int socket, Readiness readiness) noexcept override {
        last_socket = socket;
        last = readiness;
        ++calls;
        ready.set();
    }

    int last_socket = -1;
    Readiness last;
    int calls = 0;
    Event ready;
};

Task<bool> hears(Recorder& recorder, Duration limit) {
    recorder.ready.clear();
    const Deadline deadline(Clock::now() + limit);
    const bool arrived = co_await recorder.ready.wait_until(deadline);
    co_return arrived;
}

TEST(SocketWatcher, ReportsAWritableSocket) {
    const test::Ends sockets = test::make_sockets();
    Loop loop;
    Recorder recorder;
    SocketWatcher watcher(loop, sockets.first.get(), recorder);
    watcher.want(true, true);
    ASSERT_TRUE(run(loop, hears(recorder, 10s)));
    EXPECT_EQ(recorder.last_socket, sockets.first.get());
    EXPECT_TRUE(recorder.last.writable);
    EXPECT_FALSE(recorder.last.readable);
    EXPECT_FALSE(recorder.last.failed);
}

TEST(SocketWatcher, ReportsAReadableSocket) {
    const test::Ends sockets = test::make_sockets();
    Loop loop;
    Recorder recorder;
    SocketWatcher watcher(loop, sockets.first.get(), recorder);
    watcher.want(true, false);
    EXPECT_FALSE(run(loop, hears(recorder, 10ms)));
    test::write_all(sockets.second.get(), "x");
    ASSERT_TRUE(run(loop, hears(recorder, 10s)));
    EXPECT_TRUE(recorder.last.readable);
    EXPECT_FALSE(recorder.last.writable);
}

/// Returns a local port that is not in use: one that was just closed.
sockaddr_in unused_address() {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    RUNNEL_ENSURE(::bind(socket.get(), plain, size) == 0, "bind");
    RUNNEL_ENSURE(::getsockname(socket.get(), plain, &size) == 0, "getsockname");
    return address;
}

TEST(SocketWatcher, ReportsARefusedConnection) {
    const sockaddr_in address = unused_address();
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    Loop loop;
    Recorder recorder;
    SocketWatcher watcher(loop, socket.get(), recorder);
    static_cast<void>(
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    watcher.want(false, true);
    ASSERT_TRUE(run(loop, hears(recorder, 10s)));
    EXPECT_TRUE(recorder.last.failed);
    // libuv has ended the watch; want() begins a new one.
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    watcher.want(false, true);
    EXPECT_TRUE(run(loop, hears(recorder, 10s)));
}

Task<void> pause(Duration span) { co_await sleep_for(span); }

Duration processor_time() {
    timespec spent = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

TEST(SocketWatcher, EndsTheWatchAtAnUnwantedEvent) {
    const test::Ends sockets = test::make_sockets();
    Loop loop;
    Recorder recorder;
    SocketWatcher watcher(loop, sockets.first.get(), recorder);
    watcher.want(true, false);
    watcher.want(false, false);
    test::write_all(sockets.second.get(), "x");
    int turns = 0;
    const auto counting = loop.before_wait([&] { ++turns; });
    const Duration before = processor_time();
    run(loop, pause(100ms));
    EXPECT_LT(turns, 10);
    EXPECT_LT(processor_time() - before, 50ms);
    EXPECT_EQ(recorder.calls, 0);
    watcher.want(true, false);
    EXPECT_TRUE(run(loop, hears(recorder, 10s)));
    EXPECT_TRUE(recorder.last.readable);
}

TEST(SocketWatcher, WatchesAgainAfterLostInterest) {
    const test::Ends sockets = test::make_sockets();
    Loop loop;
    Recorder recorder;
    SocketWatcher watcher(loop, sockets.first.get(), recorder);
    watcher.want(true, false);
    EXPECT_FALSE(run(loop, hears(recorder, 5ms)));
    watcher.want(false, false);
    watcher.want(true, false);
    test::write_all(sockets.second.get(), "x");
    EXPECT_TRUE(run(loop, hears(recorder, 10s)));
}

TEST(SocketWatcher, ReportsNothingAfterItsEnd) {
    const test::Ends sockets = test::make_sockets();
    test::write_all(sockets.second.get(), "x");
    Loop loop;
    Recorder recorder;
    {
        SocketWatcher watcher(loop, sockets.first.get(), recorder);
        watcher.want(true, true);
    }
    run(loop, pause(5ms));
    EXPECT_EQ(recorder.calls, 0);
}

}  // namespace
}  // namespace runnel
