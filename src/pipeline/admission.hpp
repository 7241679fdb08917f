#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "async/call_later.hpp"
#include "async/event.hpp"
#include "async/scheduler.hpp"
#include "http/client.hpp"
#include "http/retry.hpp"
#include "pipeline/admission_limits.hpp"
#include "pipeline/in_flight.hpp"
#include "pipeline/limit_changes.hpp"
#include "pipeline/origin_limiter.hpp"
#include "pipeline/rate_limiter.hpp"

namespace runnel {

/// Limits requests: their number in flight and their rate, overall and per origin. Sends nothing to
/// an origin that asked for a pause (Retry-After with 429 or 503), and fails requests with
/// ErrorClass::HostDown while no connection to their origin can be made. Wraps the client below the
/// redirects, so that each hop is admitted on its own; a hop counts until its response is
/// destroyed.
///
/// A request waits once for all limits together, and takes nothing before all allow it: a request
/// that waits for its origin holds no job, and one that waits for a job uses up no rate. Requests
/// to one origin are admitted in order of arrival, and origins take turns. Every event that may
/// allow a request (a response was destroyed, a time was reached, a connection was made) admits the
/// requests that are ready.
///
/// A request that failed because the system lacks resources, such as descriptors, is sent again
/// when another request has ended or its turn has come. From then on the maximum number of jobs is
/// lower than the number of requests in flight at that time. The wait does not count towards the
/// time of the attempt.
///
/// A request whose turn has come (SendOptions::turn) exceeds the limits, but not the rates. A
/// request that is now_or_never fails if it would have to wait. Must outlive its responses.
class Admission final : public http::Client {
public:
    using Limits = AdmissionLimits;

    /// Functions that tell the user about limits that the user did not set. An empty function is
    /// not called.
    struct Reports {
        /// Called once, when the system lacks resources for the number of jobs, with the reason.
        std::function<void(const Error&)> fewer_jobs;
        /// Called once for each origin that asks by Retry-After for a pause, with the length of the
        /// pause.
        std::function<void(const std::string& origin, Duration)> paused;
    };

    /// All arguments except \a limits must outlive this. \a rules limit the pauses. Once \a closing
    /// is set (null if never), no new attempts are admitted, only further hops of those under way.
    Admission(http::Client& next, const Limits& limits, const http::RetryRules& rules,
              Scheduler& scheduler, Event* closing = nullptr);
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;
    ~Admission() override;

    /// Sets the functions to call from now on.
    void report_to(Reports reports) { reports_ = std::move(reports); }

    /// Waits until the request is admitted, then sends it. The wait does not count towards the time
    /// of the attempt. Cancelled when stop is requested during the wait, or when \a closing is set
    /// and the attempt has not begun.
    [[nodiscard]] Task<Result<std::unique_ptr<http::Response>>> send(const http::Request& request,
                                                                     http::SendOptions options,
                                                                     http::Trace& trace) override;

    /// Waits until \a closing is set, then cancels the attempts that have not begun. Run it at the
    /// same time as the requests.
    [[nodiscard]] Task<void> reject_once_closing();

    /// Waits until no request waits for a job or for the overall rate, so that the caller reads no
    /// more input than can be sent. Requests that wait for their origin do not count.
    [[nodiscard]] Task<void> queue_empty();

    /// Returns the end of the pause that \a origin asked for, or nullopt if there is none.
    [[nodiscard]] std::optional<TimePoint> paused_until(const std::string& origin) const;

    /// Returns the number of requests in flight.
    [[nodiscard]] std::size_t out() const noexcept { return in_flight_.count(); }
    /// Returns the maximum number of requests in flight so far.
    [[nodiscard]] std::size_t peak() const noexcept { return peak_; }
    /// Returns the changes of adaptive limits; null if limits are fixed.
    [[nodiscard]] const LimitChanges* limit_changes() const noexcept {
        return limits_.adaptive ? &limit_changes_ : nullptr;
    }
    /// Returns the number of origins with state.
    [[nodiscard]] std::size_t origins() const noexcept { return origins_.size(); }

private:
    class Hop;
    struct Origin;

    [[nodiscard]] Origin& at(const std::string& name);
    [[nodiscard]] bool is_closing() const noexcept {
        return closing_ != nullptr && closing_->is_set();
    }
    [[nodiscard]] Task<void> wait(Hop& hop, Event* turn);
    [[nodiscard]] bool is_short(const Error& failure, const http::SendOptions& options) const;
    void have_fewer_jobs(const Error& shortage);
    [[nodiscard]] Task<void> another_end(Event* turn);
    void throw_if_closing(const Hop& hop) const;
    [[nodiscard]] bool can_start_now(const Hop& hop, TimePoint now) const;
    void pause(Origin& origin, Duration retry_after);
    void update(Origin& origin);
    void set_ready(Origin& origin, bool ready);
    void admit_ready();

    http::Client& next_;
    Limits limits_;
    Reports reports_;
    const http::RetryRules& rules_;
    Scheduler& scheduler_;
    Event* closing_;  ///< Null if there is none.
    std::unordered_map<std::string, Origin> origins_;
    std::size_t sweep_at_;
    /// Origins with a request that waits only for a job or the overall rate.
    std::list<Origin*> ready_;
    Event queue_empty_;
    std::optional<RateLimiter> rate_limiter_;
    std::optional<DelayedCall> next_start_;
    InFlight in_flight_;
    std::size_t peak_ = 0;
    LimitChanges limit_changes_;
};

}  // namespace runnel
