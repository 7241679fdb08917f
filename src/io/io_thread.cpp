#include "io/io_thread.hpp"

#include <poll.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/ensure.hpp"
#include "io/signals_blocked.hpp"
#include "io/system_calls.hpp"

namespace runnel {

namespace {

/// The signal that interrupts a system call. Its default action is to be ignored, so a late one
/// does no harm, neither here nor in child processes.
constexpr int kInterrupt = SIGURG;

/// Installs a handler without SA_RESTART, so that system calls fail with EINTR.
void catch_interrupt() {
    static const bool caught = [] {
        struct sigaction action = {};
        action.sa_handler = [](int) {};
        sigemptyset(&action.sa_mask);
        return ::sigaction(kInterrupt, &action, nullptr) == 0;
    }();
    RUNNEL_ENSURE(caught, "sigaction failed");
}

timespec time_left(Deadline deadline) {
    const Duration left = std::max(deadline.when() - Clock::now(), Duration::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    timespec limit = {};
    limit.tv_sec = seconds.count();
    const std::chrono::nanoseconds rest = left - seconds;
    limit.tv_nsec = rest.count();
    return limit;
}

}  // namespace

IoThread::IoThread() : wake_(system_calls::make_wake()) {
    if (!wake_) {
        throw std::system_error(errno, std::generic_category(), "cannot make a thread wakeable");
    }
}

void IoThread::start(std::function<void()> body) {
    RUNNEL_ENSURE(!started(), "an IoThread was started twice");
    catch_interrupt();
    const SignalsBlocked blocked;
    thread_ = std::thread(&IoThread::run, this, std::move(body));
}

void IoThread::run(const std::function<void()>& body) {
    body();
    const std::scoped_lock lock(mutex_);
    left_ = true;
    left_changed_.notify_one();
}

void IoThread::stop() noexcept {
    if (!started()) {
        return;
    }
    stop_requested_ = true;
    wake();
    {
        std::unique_lock lock(mutex_);
        // Repeatedly, because the signal may arrive just before the system call is entered.
        while (!left_changed_.wait_for(lock, std::chrono::milliseconds(1), [&] { return left_; })) {
            pthread_kill(thread_.native_handle(), kInterrupt);
        }
    }
    thread_.join();
}

void IoThread::wake() noexcept { system_calls::wake(wake_); }

short IoThread::wait(int descriptor, short events, Deadline deadline) {
    std::array<pollfd, 2> polled = {{{descriptor, events, 0}, {wake_.get(), POLLIN, 0}}};
    const timespec limit = time_left(deadline);
    const timespec* const until = deadline.is_never() ? nullptr : &limit;
    if (system_calls::poll_until(polled.data(), polled.size(), until) <= 0) {
        return 0;
    }
    if (polled[1].revents != 0) {
        system_calls::clear_wake(wake_);
    }
    return polled[0].revents;
}

}  // namespace runnel
