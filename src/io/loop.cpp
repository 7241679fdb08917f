#include "io/loop.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "async/slow_callbacks.hpp"
#include "base/out_of_memory.hpp"

namespace runnel {

namespace {

/// Maximum number of rounds of ready tasks per turn. High enough for a chain of tasks that wake
/// each other to finish in one turn; low enough that tasks which yield forever do not starve the
/// sockets.
constexpr int kReadyRounds = 16;

/// Threshold of a timer's delay from which the process is assumed to have been stopped.
constexpr Duration kOverslept = std::chrono::milliseconds(200);

}  // namespace

void Loop::require_memory() {
    require_uv(uv_replace_allocator(&allocate, &reallocate, &allocate_zeroed, &std::free),
               "uv_replace_allocator");
}

Loop::Loop() {
    if (const int status = uv_loop_init(&loop_); status < 0) {
        throw std::system_error(-status, std::generic_category(), "cannot create an event loop");
    }
    require_uv(uv_loop_configure(&loop_, UV_METRICS_IDLE_TIME), "uv_loop_configure");
    timer_ = make_handle(uv_timer_init, &loop_, this);
    wake_ = make_handle(uv_async_init, &loop_, this, call_member<Loop, &Loop::on_wake>);
    start_measuring_idle_time();
    turn_ended_ = now();
}

Loop::~Loop() {
    RUNNEL_ENSURE(timers_.empty(), "a Loop was destroyed with armed timers");
    RUNNEL_ENSURE(before_wait_.empty(), "a Loop was destroyed with a callback of before_wait()");
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
    // The last task may end in run_ready(); then there is nothing to wait for.
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
        // sleep_for(0) arms its timer for TimePoint::min(), which is never late.
        if (*earliest > TimePoint::min() && now - *earliest > kOverslept) {
            // The process was stopped, or the machine slept. Handle what arrived meanwhile first,
            // so that peers that answered in time are not timed out.
            take_events(UV_RUN_NOWAIT);
        }
        timers_.expire_until(now);
    }
}

void Loop::take_events(uv_run_mode mode) {
    run_libuv(mode);
    if (std::exchange(called_, false)) {
        run_calls();
    }
}

/// Runs libuv once. With debugging on, reports callbacks that together take too long.
void Loop::run_libuv(uv_run_mode mode) {
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

/// Makes libuv wake up for the earliest timer. Returns true if that one is due already, so that the
/// loop must not wait. Moves libuv's timer only to an earlier time: most timers are cancelled
/// before they are due, and a premature wake-up only costs a turn.
bool Loop::arm_timer() {
    const std::optional<TimePoint> earliest = timers_.earliest();
    if (!earliest || *earliest >= armed_for_) {
        return false;
    }
    // Compare first: the difference would overflow for TimePoint::min(), which sleep_for(0) uses.
    const TimePoint start = now();
    if (*earliest <= start) {
        return true;
    }
    armed_for_ = *earliest;
    const auto milliseconds =
        std::chrono::ceil<std::chrono::milliseconds>(*earliest - start).count();
    // libuv counts from the start of the turn unless its clock is updated.
    uv_update_time(&loop_);
    require_uv(uv_timer_start(timer_.get(), call_member<Loop, &Loop::on_timer>,
                              static_cast<std::uint64_t>(milliseconds), 0),
               "uv_timer_start");
    return false;
}

void Loop::on_timer() {
    armed_for_ = TimePoint::max();
    // libuv also runs timers before it waits; then it must not wait.
    uv_stop(&loop_);
}

/// Adds up how long the loop waits for events. libuv's own measurement (nanoseconds) misses waits
/// that a signal interrupts. So also compute the wait from libuv's clock at wake-up (milliseconds),
/// and use the longer of the two.
void Loop::start_measuring_idle_time() {
    before_poll_ = make_handle(uv_prepare_init, &loop_, this);
    uv_prepare_start(before_poll_.get(), call_member<Loop, &Loop::on_poll_begin>);
    after_poll_ = make_handle(uv_check_init, &loop_, this);
    uv_check_start(after_poll_.get(), call_member<Loop, &Loop::on_poll_end>);
}

void Loop::on_poll_begin() { poll_began_ = std::chrono::nanoseconds(uv_hrtime()); }

void Loop::on_poll_end() {
    const Duration measured = std::chrono::nanoseconds(uv_metrics_idle_time(&loop_));
    const Duration woke = std::chrono::milliseconds(uv_now(&loop_));
    idle_ += std::max(measured - measured_idle_, woke - poll_began_);
    measured_idle_ = measured;
}

/// Records the time since the end of the last turn that was not spent waiting for events.
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
