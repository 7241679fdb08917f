#pragma once

#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "async/scheduler.hpp"
#include "async/shield.hpp"
#include "async/sleep.hpp"
#include "async/task.hpp"

/// Small tasks and stop sources for tests of coroutines.
namespace runnel::test {

template <class T>
Task<T> value_now(T value) {
    co_return value;
}

template <class T>
Task<T> value_after(Duration span, T value) {
    co_await sleep_for(span);
    co_return value;
}

inline Task<void> done_after(Duration span) { co_await sleep_for(span); }

/// Throws a std::runtime_error with \a message after \a span.
template <class T>
Task<T> fail_after(Duration span, std::string message) {
    co_await sleep_for(span);
    throw std::runtime_error(message);
}

inline Task<void> wait_for_stop() {
    co_await sleep_until(Deadline::never());
    throw std::logic_error("no stop was requested");
}

/// Waits for a stop request, then takes \a cleanup more time, sets \a cleaned and throws Cancelled.
template <class T>
Task<T> slow_to_stop(Duration cleanup, bool& cleaned) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        // Continues below, because a handler cannot contain co_await.
    }
    co_await shield(done_after(cleanup));
    cleaned = true;
    throw Cancelled();
}

template <class T, class... Rest>
std::vector<Task<T>> tasks_of(Task<T> first, Rest... rest) {
    std::vector<Task<T>> tasks;
    tasks.push_back(std::move(first));
    (tasks.push_back(std::move(rest)), ...);
    return tasks;
}

/// A token whose stop has been requested already.
inline std::stop_token stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

/// Requests stop at a virtual moment:
///
///     StopAfter stop(loop, 5ms);
///     run(loop, work(), stop.token());
class StopAfter final : Timer {
public:
    StopAfter(Scheduler& scheduler, Duration span) : scheduler_(scheduler) {
        scheduler_.call_at(*this, scheduler_.now() + span);
    }
    StopAfter(const StopAfter&) = delete;
    StopAfter& operator=(const StopAfter&) = delete;
    ~StopAfter() override { scheduler_.cancel(*this); }

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    void expire() noexcept override { source_.request_stop(); }

    Scheduler& scheduler_;
    std::stop_source source_;
};

}  // namespace runnel::test
