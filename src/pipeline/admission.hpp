#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "async/event.hpp"
#include "async/scheduler.hpp"
#include "async/semaphore.hpp"
#include "http/client.hpp"
#include "http/origin_pauses.hpp"
#include "http/retry.hpp"

namespace runnel {

/// Lets requests out: at most so many at a time, in all and to one origin, and none to an origin
/// that asked to be left alone (Retry-After with 429 or 503). Stands below the redirects, so that
/// every hop is let out by itself; what a hop was given goes back when its response is dropped.
///
/// A request that waits for its origin holds no job: others go on. One whose turn has come
/// (Trace::turn) goes out beyond the limits. It must outlive its responses.
class Admission final : public http::Client {
public:
    class Limits {
    public:
        explicit Limits(std::size_t all) : jobs(all) {}

        std::size_t jobs;
        std::size_t per_origin = 0;  ///< 0: no limit.
    };

    /// All arguments but \a limits must outlive this. \a rules cap the pauses. Once \a closed is
    /// set, no attempt is let out any more; hops of those that have begun are.
    Admission(http::Client& next, const Limits& limits, const http::RetryRules& rules,
              Event& closed, Scheduler& scheduler);

    /// Waits to be let out, then sends. Time spent waiting does not count as the attempt's.
    /// Cancelled when stop is requested meanwhile, or when it is closed.
    [[nodiscard]] Task<Result<std::unique_ptr<http::Response>>> send(const http::Request& request,
                                                                     http::Trace& trace) override;

    /// Waits until nobody waits for a job: this holds back who brings more requests. Those who wait
    /// for their origin do not count.
    [[nodiscard]] Task<void> nobody_waits();

    /// Until when \a origin wants to be left alone; nullopt: it may be asked.
    [[nodiscard]] std::optional<TimePoint> paused_until(const std::string& origin) const {
        return pauses_.paused_until(origin);
    }

    /// The most requests that were out at a time.
    [[nodiscard]] std::size_t peak() const noexcept { return peak_; }

private:
    class Queueing;

    [[nodiscard]] static Task<Permit> acquire(Semaphore& permits, Event* turn);
    Task<Permit> take_job(const std::string& origin, const http::Trace& trace);
    Task<void> pass_pause(const std::string& origin, const http::Trace& trace);
    [[nodiscard]] Semaphore& at(const std::string& origin);
    void heed(const http::Response& response, const std::string& origin);

    http::Client& next_;
    Limits limits_;
    const http::RetryRules& rules_;
    Event& closed_;
    Scheduler& scheduler_;
    Semaphore jobs_;
    std::unordered_map<std::string, std::unique_ptr<Semaphore>> origins_;
    std::size_t sweep_at_;
    http::OriginPauses pauses_;
    std::size_t peak_ = 0;
    std::size_t waiting_ = 0;  ///< For a job.
    Event none_waits_;
};

}  // namespace runnel
