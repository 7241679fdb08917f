#include "pipeline/admission.hpp"

#include <utility>
#include <vector>

#include "async/when_any.hpp"
#include "base/ensure.hpp"
#include "http/retry_after.hpp"
#include "pipeline/admission_hop.hpp"

namespace runnel {

namespace {

/// So many origins are remembered before those are swept of which there is nothing to remember.
constexpr std::size_t kFewOrigins = 1024;

}  // namespace

Admission::Admission(http::Client& next, const Limits& limits, const http::RetryRules& rules,
                     Event& closed, Scheduler& scheduler)
    : next_(next),
      limits_(limits),
      rules_(rules),
      closed_(closed),
      scheduler_(scheduler),
      sweep_at_(kFewOrigins) {
    RUNNEL_ENSURE(limits.jobs > 0, "an Admission that lets nothing out");
    if (limits.rate) {
        pace_.emplace(*limits.rate);
    }
}

Admission::~Admission() { RUNNEL_ENSURE(out_ == 0, "an Admission died before its responses"); }

Task<Result<std::unique_ptr<http::Response>>> Admission::send(const http::Request& request,
                                                              http::SendOptions options,
                                                              http::Trace& trace) {
    const TimePoint asked = scheduler_.now();
    Origin& origin = at(request.url.origin());
    auto hop = std::make_unique<Hop>(*this, origin, options, trace.admitted);
    const bool at_once = may_go_at_once(*hop, asked);
    if (options.now_or_never && (!at_once || closed_.is_set())) {
        co_return Error(ErrorClass::Cancelled, "it would have to wait");
    }
    throw_if_closed(*hop);
    if (at_once) {
        hop->let_out(asked);
        update(origin);
    } else {
        co_await wait(*hop, options.turn);
        throw_if_closed(*hop);
    }
    if (hop->is_given_up()) {
        co_return origin.host_down();
    }
    trace.admit(asked, scheduler_.now());
    options.listener = hop.get();
    Result<std::unique_ptr<http::Response>> response = co_await next_.send(request, options, trace);
    if (response) {
        hop->answered(**response);
        (*response)->keep(std::move(hop));
    } else {
        hop->failed(response.error());
    }
    co_return response;
}

void Admission::throw_if_closed(const Hop& hop) const {
    if (closed_.is_set() && !hop.has_begun()) {
        throw Cancelled();
    }
}

/// Nobody may go before those who wait for the same, but for one whose turn has come.
bool Admission::may_go_at_once(const Hop& hop, TimePoint now) const {
    const Origin& origin = hop.origin();
    const bool free = out_ < limits_.jobs && ready_.empty() && origin.waiting.empty();
    return (free || hop.is_urgent()) && !(pace_ && pace_->next() > now) &&
           origin.gate.state(now, hop.is_urgent()) == OriginGate::State::Open;
}

namespace {

Task<void> wait_for(Event& event) { co_await event.wait(); }

}  // namespace

Task<void> Admission::wait(Hop& hop, Event* turn) {
    hop.queue_up();
    if (turn != nullptr && !hop.is_urgent()) {
        std::vector<Task<void>> ways;
        ways.push_back(wait_for(hop.decided()));
        ways.push_back(wait_for(*turn));
        First<void> first = co_await when_any(std::move(ways));
        first.outcome.get();
        hop.hasten();
    }
    co_await hop.decided().wait();
}

Task<void> Admission::turn_away_once_closed() {
    co_await closed_.wait();
    for (auto& [name, origin] : origins_) {
        std::erase_if(origin.waiting, [](Hop* hop) {
            if (!hop->has_begun()) {
                hop->turn_away();
            }
            return !hop->has_begun();
        });
        update(origin);
    }
    let_out();
}

Task<void> Admission::queue_empty() {
    while (!ready_.empty()) {
        none_ready_.clear();
        co_await none_ready_.wait();
    }
}

std::optional<TimePoint> Admission::paused_until(const std::string& origin) const {
    const auto found = origins_.find(origin);
    return found == origins_.end() ? std::nullopt
                                   : found->second.gate.paused_until(scheduler_.now());
}

Admission::Origin& Admission::at(const std::string& name) {
    const auto found = origins_.find(name);
    if (found != origins_.end()) {
        return found->second;
    }
    if (origins_.size() >= sweep_at_) {
        const TimePoint now = scheduler_.now();
        std::erase_if(origins_, [now](const auto& entry) {
            return entry.second.hops == 0 && entry.second.gate.is_rested(now);
        });
        sweep_at_ = 2 * origins_.size() + kFewOrigins;
    }
    const auto made = origins_.try_emplace(name, limits_).first;
    made->second.name = &made->first;
    return made->second;
}

void Admission::heed(const http::Response& response, Origin& origin) {
    if (response.status() != 429 && response.status() != 503) {
        return;
    }
    const std::optional<std::string> value = response.header("Retry-After");
    if (!value) {
        return;
    }
    const std::optional<Duration> pause =
        http::parse_retry_after(*value, std::chrono::system_clock::now());
    if (pause) {
        origin.gate.pause(scheduler_.now() + rules_.pause_for(*pause));
        update(origin);
    }
}

/// Looks anew at what those who wait for \a origin wait for.
void Admission::update(Origin& origin) {
    if (origin.waiting.empty()) {
        set_ready(origin, false);
        return;
    }
    const OriginGate::State state =
        origin.gate.state(scheduler_.now(), origin.waiting.front()->is_urgent());
    set_ready(origin, state == OriginGate::State::Open);
    if (state == OriginGate::State::Down) {
        for (Hop* hop : std::exchange(origin.waiting, {})) {
            hop->turn_away();
        }
    }
    // It opens later than it was thought, or when it was thought, but never sooner.
    if (state == OriginGate::State::Closed && !(origin.opens && origin.opens->pending())) {
        origin.opens.emplace(scheduler_, origin.gate.opens_at(), [this, &origin] {
            update(origin);
            let_out();
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
        none_ready_.set();
    }
}

void Admission::let_out() {
    while (!ready_.empty()) {
        Origin& origin = *ready_.front();
        Hop& first = *origin.waiting.front();
        const TimePoint now = scheduler_.now();
        if (out_ >= limits_.jobs && !first.is_urgent()) {
            return;
        }
        if (pace_ && pace_->next() > now) {
            if (!(next_start_ && next_start_->pending())) {
                next_start_.emplace(scheduler_, pace_->next(), [this] { let_out(); });
            }
            return;
        }
        origin.waiting.pop_front();
        first.let_out(now);
        set_ready(origin, false);  // the others' turn first
        update(origin);
    }
}

}  // namespace runnel
