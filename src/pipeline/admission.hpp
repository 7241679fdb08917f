#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "async/call_later.hpp"
#include "async/event.hpp"
#include "async/scheduler.hpp"
#include "http/client.hpp"
#include "http/retry.hpp"
#include "pipeline/admission_limits.hpp"
#include "pipeline/limit_changes.hpp"
#include "pipeline/origin_gate.hpp"
#include "pipeline/rate_limiter.hpp"

namespace runnel {

/// Lets requests out: so many at a time and so often, in all and to one origin; none to an origin
/// that asked to be left alone (Retry-After with 429 or 503), and none to one to which no
/// connection can be made: those fail with ErrorClass::HostDown. Stands below the redirects, so
/// that every hop is let out by itself; the room that it took is given back when its response is
/// dropped.
///
/// A request waits once, for everything it needs together, and takes nothing before it has all: one
/// that waits for its origin holds no job, and one that waits for a job uses up no rate. Who waits
/// for one origin goes in the order of asking, and origins take turns. Whatever changes what may go
/// (a response was dropped, a moment has come, a connection stands) lets out who may.
///
/// One whose turn has come (SendOptions::turn) goes out beyond the limits, though not beyond the
/// rates. One that is now_or_never fails when it would have to wait. It must outlive its responses.
class Admission final : public http::Client {
public:
    using Limits = AdmissionLimits;

    /// All arguments but \a limits must outlive this. \a rules cap the pauses. Once \a closed is
    /// set, no attempt is let out any more; hops of those that have begun are.
    Admission(http::Client& next, const Limits& limits, const http::RetryRules& rules,
              Event& closed, Scheduler& scheduler);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;
    ~Admission() override;

    /// Waits to be let out, then sends. Time spent waiting does not count as the attempt's.
    /// Cancelled when stop is requested meanwhile, or when it is closed.
    [[nodiscard]] Task<Result<std::unique_ptr<http::Response>>> send(const http::Request& request,
                                                                     http::SendOptions options,
                                                                     http::Trace& trace) override;

    /// To be run beside the requests: once it is closed, nobody waits any longer.
    [[nodiscard]] Task<void> turn_away_once_closed();

    /// Waits until nobody waits for a job, or for the rate of all: this holds back who brings more
    /// requests. Those who wait for their origin do not count.
    [[nodiscard]] Task<void> queue_empty();

    /// Until when \a origin wants to be left alone; nullopt: it may be asked.
    [[nodiscard]] std::optional<TimePoint> paused_until(const std::string& origin) const;

    /// Requests that are out now.
    [[nodiscard]] std::size_t out() const noexcept { return out_; }
    /// The most requests that were out at a time.
    [[nodiscard]] std::size_t peak() const noexcept { return peak_; }
    /// Of the limits that were found out; null when none are.
    [[nodiscard]] const LimitChanges* limit_changes() const noexcept {
        return limits_.adaptive ? &limit_changes_ : nullptr;
    }
    /// Origins that are remembered.
    [[nodiscard]] std::size_t origins() const noexcept { return origins_.size(); }

private:
    class Hop;
    struct Origin;

    [[nodiscard]] Origin& at(const std::string& name);
    [[nodiscard]] Task<void> wait(Hop& hop, Event* turn);
    void throw_if_closed(const Hop& hop) const;
    [[nodiscard]] bool may_go_at_once(const Hop& hop, TimePoint now) const;
    void heed(const http::Response& response, Origin& origin);
    void update(Origin& origin);
    void set_ready(Origin& origin, bool ready);
    void let_out();

    http::Client& next_;
    Limits limits_;
    const http::RetryRules& rules_;
    Event& closed_;
    Scheduler& scheduler_;
    std::unordered_map<std::string, Origin> origins_;
    std::size_t sweep_at_;
    /// Where somebody waits who could go if there was a job, and the rate of all allowed it.
    std::list<Origin*> ready_;
    Event none_ready_;
    std::optional<RateLimiter> pace_;
    std::optional<DelayedCall> next_start_;
    std::size_t out_ = 0;
    std::size_t peak_ = 0;
    LimitChanges limit_changes_;
};

}  // namespace runnel
