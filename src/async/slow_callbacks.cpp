#include "async/slow_callbacks.hpp"

#include <fmt/format.h>

#include <typeinfo>

#include "async/context.hpp"
#include "base/type_name.hpp"

namespace runnel::debug {

namespace {

std::atomic<Duration::rep> slow_threshold = Duration(std::chrono::milliseconds(100)).count();

/// Runs \a callback and reports it if it took too long. \a name returns its description; it must
/// not use the callback's objects, which may have been destroyed by then.
template <class Callback, class Name>
void timed(Callback callback, Name name) {
    const TimePoint began = Clock::now();
    callback();
    const Duration span = Clock::now() - began;
    if (span.count() > slow_threshold.load(std::memory_order_relaxed)) {
        report_hold(name(), span);
    }
}

}  // namespace

void slow_after(Duration limit) noexcept {
    slow_threshold.store(limit.count(), std::memory_order_relaxed);
}

void report_hold(std::string_view what, Duration span) noexcept {
    if (enabled() && span.count() > slow_threshold.load(std::memory_order_relaxed)) {
        const auto milliseconds = std::chrono::round<std::chrono::milliseconds>(span).count();
        report(fmt::format("{} held the loop for {} ms", what, milliseconds));
    }
}

void detail::resume_timed(std::coroutine_handle<> task) {
    const SourcePlace at = runnel::detail::promise_of(task).at;
    timed([task] { task.resume(); }, [&at] { return "task " + to_string(at); });
}

void detail::expire_timed(Timer& timer) noexcept {
    const std::type_info& type = typeid(timer);
    timed([&timer] { timer.expire(); }, [&type] { return "timer " + type_name(type); });
}

void detail::call_timed(const std::function<void()>& callback) {
    const std::type_info& type = callback.target_type();
    timed([&callback] { callback(); }, [&type] { return "callback " + type_name(type); });
}

}  // namespace runnel::debug
