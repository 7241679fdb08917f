#include "pipeline/admission.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "async/when_any.hpp"
#include "http/retry_after.hpp"

namespace runnel {

namespace {
/// So many origins without a request are remembered before they are swept.
constexpr std::size_t kIdleOrigins = 1024;
}  // namespace

Admission::Admission(http::Client& next, const Limits& limits, const http::RetryRules& rules,
                     Event& closed, Scheduler& scheduler)
    : next_(next),
      limits_(limits),
      rules_(rules),
      closed_(closed),
      scheduler_(scheduler),
      jobs_(limits.jobs),
      sweep_at_(kIdleOrigins),
      pauses_(scheduler) {}

Task<Result<std::unique_ptr<http::Response>>> Admission::send(const http::Request& request,
                                                              http::Trace& trace) {
    const TimePoint asked = scheduler_.now();
    const std::string& name = request.url.origin();
    Permit origin;
    if (limits_.per_origin > 0) {
        origin = co_await acquire(at(name), trace.turn);
    }
    Permit job = co_await take_job(name, trace);
    trace.admit(asked, scheduler_.now());
    Result<std::unique_ptr<http::Response>> response = co_await next_.send(request, trace);
    if (response) {
        heed(**response, name);
        (*response)->keep(std::move(job), std::move(origin));
    }
    co_return response;
}

/// One who waits for a job, counted while it lives.
class Admission::Queueing {
public:
    explicit Queueing(Admission& admission) noexcept : admission_(admission) {
        ++admission_.waiting_;
    }
    Queueing(const Queueing&) = delete;
    Queueing& operator=(const Queueing&) = delete;
    ~Queueing() {
        if (--admission_.waiting_ == 0) {
            admission_.none_waits_.set();
        }
    }

private:
    Admission& admission_;
};

namespace {

Task<Permit> permit_of(Semaphore& permits) { co_return co_await permits.acquire(); }

Task<Permit> none_at(Event& turn) {
    co_await turn.wait();
    co_return Permit();
}

}  // namespace

Task<Permit> Admission::acquire(Semaphore& permits, Event* turn) {
    if (turn == nullptr || permits.free() > 0) {
        co_return co_await permits.acquire();
    }
    std::vector<Task<Permit>> ways;
    ways.push_back(permit_of(permits));
    ways.push_back(none_at(*turn));
    First<Permit> first = co_await when_any(std::move(ways));
    co_return first.outcome.get();
}

/// A job is not held while the origin pauses: it would be of no use.
Task<Permit> Admission::take_job(const std::string& origin, const http::Trace& trace) {
    for (;;) {
        if (paused_until(origin)) {
            co_await pass_pause(origin, trace);
        }
        const Queueing waiting(*this);
        Permit job = co_await acquire(jobs_, trace.turn);
        if (closed_.is_set() && !trace.admitted) {
            throw Cancelled();
        }
        if (!paused_until(origin)) {
            peak_ = std::max(peak_, jobs_.permits() - jobs_.free());
            co_return job;
        }
    }
}

Task<void> Admission::pass_pause(const std::string& origin, const http::Trace& trace) {
    if (trace.admitted) {
        co_await pauses_.wait(origin);
        co_return;
    }
    while (const std::optional<TimePoint> until = paused_until(origin)) {
        const Deadline over(*until);
        const bool closed = co_await closed_.wait_until(over);
        if (closed) {
            co_return;
        }
    }
}

Task<void> Admission::nobody_waits() {
    while (waiting_ > 0) {
        none_waits_.clear();
        co_await none_waits_.wait();
    }
}

Semaphore& Admission::at(const std::string& origin) {
    if (origins_.size() >= sweep_at_) {
        std::erase_if(origins_, [](const auto& entry) {
            return entry.second->free() == entry.second->permits();
        });
        sweep_at_ = 2 * origins_.size() + kIdleOrigins;
    }
    std::unique_ptr<Semaphore>& place = origins_[origin];
    if (!place) {
        place = std::make_unique<Semaphore>(limits_.per_origin);
    }
    return *place;
}

void Admission::heed(const http::Response& response, const std::string& origin) {
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
        pauses_.pause(origin, scheduler_.now() + rules_.pause_for(*pause));
    }
}

}  // namespace runnel
