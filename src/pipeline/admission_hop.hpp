#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "async/call_later.hpp"
#include "async/event.hpp"
#include "http/client.hpp"
#include "pipeline/admission.hpp"

// Implementation of Admission.

namespace runnel {

/// An origin: its limits and its requests.
struct Admission::Origin {
    explicit Origin(const Limits& limits) : limiter(limits) {}

    OriginLimiter limiter;
    std::size_t hops = 0;          ///< Number of hops of this origin, waiting or in flight.
    std::list<Hop*> waiting;       ///< In order of arrival.
    std::vector<Hop*> connecting;  ///< In flight, without a connection yet.
    std::optional<std::list<Origin*>::iterator> ready;
    std::optional<DelayedCall> opens;
    std::string last_failure;  ///< Message of the last failure to connect.
    const std::string* name = nullptr;
    bool pause_reported = false;

    [[nodiscard]] Error host_down() const;
};

/// One request: waits, is in flight, or is rejected. Its destructor releases what it holds.
class Admission::Hop final : public http::Reservation, public http::HopListener {
public:
    enum class State { New, Waiting, InFlight, Rejected };

    Hop(Admission& admission, Origin& origin, http::SendOptions options, bool admitted)
        : admission_(admission),
          origin_(origin),
          has_begun_(admitted && !options.now_or_never),
          urgent_(options.turn != nullptr && options.turn->is_set()) {
        ++origin.hops;
    }
    Hop(const Hop&) = delete;
    Hop& operator=(const Hop&) = delete;
    ~Hop() override {
        --origin_.hops;
        if (state_ == State::Waiting) {
            origin_.waiting.remove(this);
        } else if (state_ == State::InFlight) {
            end_connecting();
            if (probe_) {
                origin_.limiter.breaker().give_up(admission_.scheduler_.now());
            }
            origin_.limiter.finish();
            admission_.in_flight_.end();
        } else {
            return;
        }
        wake_waiting();
    }

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool is_urgent() const noexcept { return urgent_; }
    /// Whether an earlier hop of the same attempt was admitted. False for a hedge.
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }
    [[nodiscard]] Origin& origin() const noexcept { return origin_; }
    /// Set when the request is admitted or rejected.
    [[nodiscard]] Event& decided() noexcept { return decided_; }

    void queue_up() {
        state_ = State::Waiting;
        origin_.waiting.insert(urgent_ ? origin_.waiting.begin() : origin_.waiting.end(), this);
        wake_waiting();
    }
    /// Makes the request urgent, because its turn has come.
    void prioritize() {
        if (state_ == State::Waiting) {
            urgent_ = true;
            origin_.waiting.remove(this);
            queue_up();
        }
    }
    void admit(TimePoint now);
    void reject() noexcept {
        state_ = State::Rejected;
        decided_.set();
    }
    /// Aborts the attempt to connect, because the origin is down. Does not abort a name look-up, of
    /// which exchange_ is null.
    void give_up();
    [[nodiscard]] bool is_refused() const noexcept {
        return state_ == State::Rejected || given_up_;
    }

    void exchange_changed(http::Exchange* exchange) noexcept override { exchange_ = exchange; }
    void connected() noexcept override;
    /// Record the result of the request.
    void answered(const http::Response& response, Duration retry_after);
    void failed(const Error& failure);

private:
    void fail_to_connect(const Error& failure, TimePoint now);
    void end_connecting() noexcept { std::erase(origin_.connecting, this); }
    void record_limit(std::optional<std::size_t> before, TimePoint now);
    /// Admits waiting requests after a change.
    void wake_waiting() {
        admission_.update(origin_);
        admission_.admit_ready();
    }

    Admission& admission_;
    Origin& origin_;
    http::Exchange* exchange_ = nullptr;
    State state_ = State::New;
    bool has_begun_;
    bool urgent_;
    bool probe_ = false;
    bool connected_ = false;
    TimePoint sent_at_;
    Event decided_;
    bool given_up_ = false;
};

}  // namespace runnel
