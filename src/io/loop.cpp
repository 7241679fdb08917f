#include "io/loop.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "async/slow_callbacks.hpp"
#include "io/uv_error.hpp"

namespace runnel {

namespace {

/// Rounds of ready tasks before the loop looks at its sockets again. Enough for a chain of
/// hand-overs to go through in one turn, few enough that tasks which yield for ever keep nobody
/// waiting.
constexpr int kReadyRounds = 16;

/// A timer that fires so late was not kept waiting by our own work.
constexpr Duration kOverslept = std::chrono::milliseconds(200);

template <class H>
H* with_loop(H* handle, Loop* loop) {
    handle->data = loop;
    return handle;
}

}  // namespace

Loop::Loop() {
    if (const int status = uv_loop_init(&loop_); status < 0) {
        throw std::system_error(-status, std::generic_category(), "a loop");
    }
    require_uv(uv_loop_configure(&loop_, UV_METRICS_IDLE_TIME), "uv_loop_configure");

    auto* timer = with_loop(new uv_timer_t, this);
    require_uv(uv_timer_init(&loop_, timer), "uv_timer_init");
    timer_.reset(timer);

    auto* wake = with_loop(new uv_async_t, this);
    const auto on_wake = [](uv_async_t* handle) {
        if (auto* loop = static_cast<Loop*>(handle->data)) {
            loop->called_ = true;
        }
    };
    require_uv(uv_async_init(&loop_, wake, on_wake), "uv_async_init");
    wake_.reset(wake);
    watch_idle_time();
    turn_ended_ = now();
}

Loop::~Loop() {
    RUNNEL_ENSURE(timers_.empty(), "a Loop died with armed timers");
    RUNNEL_ENSURE(before_wait_.empty(),
                  "a Loop died before those who work at the end of its turns");
    timer_.reset();
    wake_.reset();
    before_poll_.reset();
    after_poll_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    const int status = uv_loop_close(&loop_);
    if (status != 0) {
        uv_print_all_handles(&loop_, stderr);
    }
    RUNNEL_ENSURE(status == 0, "a libuv handle outlived its Loop");
}

void Loop::call_at(Timer& timer, TimePoint when) { timers_.arm(timer, when); }

void Loop::run_until(const bool& done) {
    run_ready();
    // The last task may end among the ready ones, and then there is nothing to wait for.
    while (!done) {
        wait_for_events();
        run_ready();
    }
}

void Loop::wait_for_events() {
    for (const std::function<void()>& callback : before_wait_) {
        debug::call(callback);
    }
    measure_lag();
    const bool may_wait = ready_.empty() && !arm_timer();
    take_events(may_wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
    if (const std::optional<TimePoint> earliest = timers_.earliest()) {
        const TimePoint now = this->now();
        // sleep_for(0) asks for TimePoint::min(), and is not late.
        if (*earliest > TimePoint::min() && now - *earliest > kOverslept) {
            // The process was stopped, or the machine slept. What came meanwhile goes first: nobody
            // was late but we.
            take_events(UV_RUN_NOWAIT);
        }
        timers_.expire_until(now);
    }
}

/// Callbacks of libuv, then what other threads have asked for.
void Loop::take_events(uv_run_mode mode) {
    turn_libuv(mode);
    if (std::exchange(called_, false)) {
        run_calls();
    }
}

/// One turn of libuv, whose callbacks are told together when they take too long.
void Loop::turn_libuv(uv_run_mode mode) {
    if (!debug::enabled()) {
        uv_run(&loop_, mode);
        return;
    }
    const TimePoint began = now();
    const Duration idle = idle_;
    uv_run(&loop_, mode);
    debug::report_hold("callbacks of libuv", now() - began - (idle_ - idle));
}

void Loop::run_ready() {
    for (int round = 0; round < kReadyRounds && !ready_.empty(); ++round) {
        ready_.run_round();
    }
}

/// Sees to it that libuv wakes up for the earliest of our timers. True: that one is due, so do not
/// wait at all. A wake-up that comes too early costs a turn, so libuv's timer is moved only when
/// something earlier came: most time-outs are taken back before they are due.
bool Loop::arm_timer() {
    const std::optional<TimePoint> earliest = timers_.earliest();
    if (!earliest || *earliest >= armed_for_) {
        return false;
    }
    // Compared, not subtracted: sleep_for(0) asks for TimePoint::min().
    const TimePoint start = now();
    if (*earliest <= start) {
        return true;
    }
    armed_for_ = *earliest;
    const auto milliseconds =
        std::chrono::ceil<std::chrono::milliseconds>(*earliest - start).count();
    const auto on_timer = [](uv_timer_t* handle) {
        auto* loop = static_cast<Loop*>(handle->data);
        loop->armed_for_ = TimePoint::max();
        // libuv looks at its timers before it waits as well; then it must not wait.
        uv_stop(&loop->loop_);
    };
    // libuv counts from its own idea of now, which is as old as the turn.
    uv_update_time(&loop_);
    require_uv(uv_timer_start(timer_.get(), on_timer, static_cast<std::uint64_t>(milliseconds), 0),
               "uv_timer_start");
    return false;
}

/// Adds up how long the loop waits for events. libuv measures that to the nanosecond, but forgets
/// what it had waited when a signal interrupts it. So what lies between the call and libuv's own
/// clock, which it sets when it wakes up, counts if it is more; that clock counts milliseconds.
void Loop::watch_idle_time() {
    auto* before = with_loop(new uv_prepare_t, this);
    uv_prepare_init(&loop_, before);
    before_poll_.reset(before);
    const auto on_wait = [](uv_prepare_t* handle) {
        static_cast<Loop*>(handle->data)->poll_began_ = std::chrono::nanoseconds(uv_hrtime());
    };
    uv_prepare_start(before, on_wait);

    auto* after = with_loop(new uv_check_t, this);
    uv_check_init(&loop_, after);
    after_poll_.reset(after);
    const auto on_wake = [](uv_check_t* handle) {
        auto* loop = static_cast<Loop*>(handle->data);
        const Duration measured = std::chrono::nanoseconds(uv_metrics_idle_time(&loop->loop_));
        const Duration woke = std::chrono::milliseconds(uv_now(&loop->loop_));
        loop->idle_ += std::max(measured - loop->measured_idle_, woke - loop->poll_began_);
        loop->measured_idle_ = measured;
    };
    uv_check_start(after, on_wake);
}

/// The time since the last turn ended that was not spent waiting for events.
void Loop::measure_lag() {
    const TimePoint ended = now();
    lag_.record(ended - turn_ended_ - (idle_ - idle_when_turn_ended_));
    turn_ended_ = ended;
    idle_when_turn_ended_ = idle_;
}

Loop::BeforeWait Loop::before_wait(std::function<void()> callback) {
    return BeforeWait(*this, before_wait_.insert(before_wait_.end(), std::move(callback)));
}

void Loop::call_from_thread(std::function<void()> callback) {
    {
        const std::scoped_lock lock(calls_mutex_);
        calls_.push_back(std::move(callback));
    }
    uv_async_send(wake_.get());
}

void Loop::run_calls() {
    std::vector<std::function<void()>> calls;
    {
        const std::scoped_lock lock(calls_mutex_);
        calls.swap(calls_);
    }
    for (const std::function<void()>& call : calls) {
        debug::call(call);
    }
}

}  // namespace runnel
