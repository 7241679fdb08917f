#include "pipeline/admission.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "async/when_any.hpp"
#include "base/ensure.hpp"
#include "http/retry_after.hpp"
#include "http/shortage.hpp"
#include "pipeline/admission_hop.hpp"

namespace runnel {

namespace {

/// Number of origins at which idle ones are removed for the first time.
constexpr std::size_t kSweepThreshold = 1024;

Task<void> wait_for(Event& event) { co_await event.wait(); }

}  // namespace

Admission::Admission(http::Client& next, const Limits& limits, const http::RetryRules& rules,
                     Scheduler& scheduler, Event* closing)
    : next_(next),
      limits_(limits),
      rules_(rules),
      scheduler_(scheduler),
      closing_(closing),
      sweep_at_(kSweepThreshold) {
    RUNNEL_ENSURE(limits.jobs > 0, "an Admission without jobs");
    if (limits.rate) {
        rate_limiter_.emplace(*limits.rate);
    }
}

Admission::~Admission() {
    RUNNEL_ENSURE(in_flight_.count() == 0, "an Admission was destroyed before its responses");
}

Task<Result<std::unique_ptr<http::Response>>> Admission::send(const http::Request& request,
                                                              http::SendOptions options,
                                                              http::Trace& trace) {
    const TimePoint asked = scheduler_.now();
    Origin& origin = at(request.url.origin());
    auto hop = std::make_unique<Hop>(*this, origin, options, trace.admitted);
    const bool can_start = can_start_now(*hop, asked);
    if (options.now_or_never && (!can_start || is_closing())) {
        co_return Error(ErrorClass::Cancelled, "it would have to wait");
    }
    throw_if_closing(*hop);
    if (can_start) {
        hop->admit(asked);
        update(origin);
    } else {
        co_await wait(*hop, options.turn);
        throw_if_closing(*hop);
    }
    if (hop->is_refused()) {
        co_return origin.host_down();
    }
    trace.admit(asked, scheduler_.now());
    options.listener = hop.get();
    Result<std::unique_ptr<http::Response>> response = co_await next_.send(request, options, trace);
    for (bool first = true; !response && is_short(response.error(), options); first = false) {
        if (first) {
            have_fewer_jobs(response.error());
        }
        const TimePoint failed = scheduler_.now();
        co_await another_end(options.turn);
        throw_if_closing(*hop);
        if (hop->is_refused()) {
            co_return origin.host_down();
        }
        trace.admit(failed, scheduler_.now());
        response = co_await next_.send(request, options, trace);
    }
    if (response) {
        trace.retry_after = http::retry_after_of(**response);
        hop->answered(**response, trace.retry_after);
        (*response)->keep(std::move(hop));
    } else {
        hop->failed(response.error());
    }
    co_return response;
}

/// Returns whether to wait for the end of another request after \a failure, because that may free
/// the resources that are lacking. A request whose turn has come does not wait, because the others
/// may wait for it.
bool Admission::is_short(const Error& failure, const http::SendOptions& options) const {
    const bool has_turn = options.turn != nullptr && options.turn->is_set();
    return http::is_shortage(failure) && in_flight_.has_others() && !has_turn &&
           !options.now_or_never;
}

void Admission::have_fewer_jobs(const Error& shortage) {
    limits_.jobs = std::max<std::size_t>(std::min(limits_.jobs, in_flight_.count()) - 1, 1);
    if (const auto report = std::exchange(reports_.fewer_jobs, nullptr)) {
        report(shortage);
    }
}

/// Waits until another request has ended, or \a turn is set (null if never).
Task<void> Admission::another_end(Event* turn) {
    std::vector<Task<void>> ways;
    ways.push_back(in_flight_.end_of_another());
    if (turn != nullptr) {
        ways.push_back(wait_for(*turn));
    }
    First<void> first = co_await when_any(std::move(ways));
    first.outcome.get();
}

void Admission::throw_if_closing(const Hop& hop) const {
    if (is_closing() && !hop.has_begun()) {
        throw Cancelled();
    }
}

/// Returns whether the request can be sent without waiting. It must not overtake requests that wait
/// for the same limits, unless it is urgent.
bool Admission::can_start_now(const Hop& hop, TimePoint now) const {
    const Origin& origin = hop.origin();
    const bool free = in_flight_.count() < limits_.jobs && ready_.empty() && origin.waiting.empty();
    return (free || hop.is_urgent()) && !(rate_limiter_ && rate_limiter_->next() > now) &&
           origin.limiter.state(now, hop.is_urgent()) == OriginLimiter::State::Open;
}

Task<void> Admission::wait(Hop& hop, Event* turn) {
    hop.queue_up();
    if (turn != nullptr && !hop.is_urgent()) {
        std::vector<Task<void>> ways;
        ways.push_back(wait_for(hop.decided()));
        ways.push_back(wait_for(*turn));
        First<void> first = co_await when_any(std::move(ways));
        first.outcome.get();
        hop.prioritize();
    }
    co_await hop.decided().wait();
}

Task<void> Admission::reject_once_closing() {
    if (closing_ == nullptr) {
        co_return;
    }
    co_await closing_->wait();
    for (auto& [name, origin] : origins_) {
        std::erase_if(origin.waiting, [](Hop* hop) {
            if (!hop->has_begun()) {
                hop->reject();
            }
            return !hop->has_begun();
        });
        update(origin);
    }
    admit_ready();
}

Task<void> Admission::queue_empty() {
    while (!ready_.empty()) {
        queue_empty_.clear();
        co_await queue_empty_.wait();
    }
}

std::optional<TimePoint> Admission::paused_until(const std::string& origin) const {
    const auto found = origins_.find(origin);
    return found == origins_.end() ? std::nullopt
                                   : found->second.limiter.paused_until(scheduler_.now());
}

Admission::Origin& Admission::at(const std::string& name) {
    const auto found = origins_.find(name);
    if (found != origins_.end()) {
        return found->second;
    }
    if (origins_.size() >= sweep_at_) {
        const TimePoint now = scheduler_.now();
        std::erase_if(origins_, [now](const auto& entry) {
            return entry.second.hops == 0 && entry.second.limiter.is_idle(now);
        });
        sweep_at_ = 2 * origins_.size() + kSweepThreshold;
    }
    const auto made = origins_.try_emplace(name, limits_).first;
    made->second.name = &made->first;
    return made->second;
}

/// Pauses \a origin if the rules allow a wait of \a retry_after. Otherwise requests are sent as
/// usual, and each one that gets such an answer fails with it.
void Admission::pause(Origin& origin, Duration retry_after) {
    if (!rules_.allow_wait(retry_after)) {
        return;
    }
    origin.limiter.pause(scheduler_.now() + retry_after);
    update(origin);
    if (retry_after > Duration::zero() && reports_.paused &&
        !std::exchange(origin.pause_reported, true)) {
        reports_.paused(*origin.name, retry_after);
    }
}

/// Recomputes whether requests that wait for \a origin can be admitted.
void Admission::update(Origin& origin) {
    if (origin.waiting.empty()) {
        set_ready(origin, false);
        return;
    }
    const OriginLimiter::State state =
        origin.limiter.state(scheduler_.now(), origin.waiting.front()->is_urgent());
    set_ready(origin, state == OriginLimiter::State::Open);
    if (state == OriginLimiter::State::Down) {
        for (Hop* hop : std::exchange(origin.waiting, {})) {
            hop->reject();
        }
    }
    // The time may move later, but never earlier, so a pending call stays valid.
    if (state == OriginLimiter::State::Closed && !(origin.opens && origin.opens->pending())) {
        origin.opens.emplace(scheduler_, origin.limiter.opens_at(), [this, &origin] {
            update(origin);
            admit_ready();
        });
    }
}

void Admission::set_ready(Origin& origin, bool ready) {
    const bool urgent = ready && origin.waiting.front()->is_urgent();
    if (origin.ready && (urgent || !ready)) {
        ready_.erase(*std::exchange(origin.ready, std::nullopt));
    }
    if (ready && !origin.ready) {
        origin.ready = ready_.insert(urgent ? ready_.begin() : ready_.end(), &origin);
    }
    if (ready_.empty()) {
        queue_empty_.set();
    }
}

void Admission::admit_ready() {
    while (!ready_.empty()) {
        Origin& origin = *ready_.front();
        Hop& first = *origin.waiting.front();
        const TimePoint now = scheduler_.now();
        if (in_flight_.count() >= limits_.jobs && !first.is_urgent()) {
            return;
        }
        if (rate_limiter_ && rate_limiter_->next() > now) {
            if (!(next_start_ && next_start_->pending())) {
                next_start_.emplace(scheduler_, rate_limiter_->next(), [this] { admit_ready(); });
            }
            return;
        }
        origin.waiting.pop_front();
        first.admit(now);
        set_ready(origin, false);  // the other origins' turn comes first
        update(origin);
    }
}

}  // namespace runnel
