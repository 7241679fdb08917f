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

// The inside of Admission.

namespace runnel {

/// One origin: its gate, and who is before it and behind it.
struct Admission::Origin {
    explicit Origin(const Limits& limits) : gate(limits) {}

    OriginGate gate;
    std::size_t hops = 0;          ///< That refer to this.
    std::list<Hop*> waiting;       ///< First come, first served.
    std::vector<Hop*> connecting;  ///< Out, without a connection yet.
    std::optional<std::list<Origin*>::iterator> ready;
    std::optional<DelayedCall> opens;
    std::string last_failure;  ///< To connect.
    const std::string* name = nullptr;

    [[nodiscard]] Error host_down() const;
};

/// One request on its way through: it waits, is out, or was turned away. Leaves when it dies.
class Admission::Hop final : public http::Reservation, public http::HopListener {
public:
    enum class State { New, Waiting, Out, TurnedAway };

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
        } else if (state_ == State::Out) {
            end_connecting();
            if (probe_) {
                origin_.gate.breaker().give_up(admission_.scheduler_.now());
            }
            origin_.gate.leave();
            --admission_.out_;
        } else {
            return;
        }
        pass_on();
    }

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool is_urgent() const noexcept { return urgent_; }
    /// It belongs to an attempt that is under way.
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }
    [[nodiscard]] Origin& origin() const noexcept { return origin_; }
    /// Set when it waits no longer.
    [[nodiscard]] Event& decided() noexcept { return decided_; }

    void queue_up() {
        state_ = State::Waiting;
        origin_.waiting.insert(urgent_ ? origin_.waiting.begin() : origin_.waiting.end(), this);
        pass_on();
    }
    /// Its turn has come.
    void hasten() {
        if (state_ == State::Waiting) {
            urgent_ = true;
            origin_.waiting.remove(this);
            queue_up();
        }
    }
    void let_out(TimePoint now);
    void turn_away() noexcept {
        state_ = State::TurnedAway;
        decided_.set();
    }
    /// The origin is down: what is still connecting is of no use. (A look-up ends by itself.)
    void give_up();
    [[nodiscard]] bool is_given_up() const noexcept {
        return state_ == State::TurnedAway || given_up_;
    }

    void exchange_changed(http::Exchange* exchange) noexcept override { exchange_ = exchange; }
    void connected() noexcept override;
    /// What has become of it.
    void answered(const http::Response& response);
    void failed(const Error& failure);

private:
    void fail_to_connect(const Error& failure, TimePoint now);
    void end_connecting() noexcept { std::erase(origin_.connecting, this); }
    void note_limit(std::optional<std::size_t> before, TimePoint now);
    /// Something has changed for those who wait.
    void pass_on() {
        admission_.update(origin_);
        admission_.let_out();
    }

    Admission& admission_;
    Origin& origin_;
    http::Exchange* exchange_ = nullptr;
    State state_ = State::New;
    bool has_begun_;
    bool urgent_;
    bool probe_ = false;
    bool connected_ = false;
    TimePoint out_since_;
    Event decided_;
    bool given_up_ = false;
};

}  // namespace runnel
