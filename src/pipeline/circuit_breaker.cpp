#include "pipeline/circuit_breaker.hpp"

namespace runnel {

namespace {
constexpr Duration kRemembered = std::chrono::minutes(1);
}  // namespace

bool CircuitBreaker::connected() noexcept {
    const bool news = open_ || !connected_;
    connected_ = true;
    open_ = false;
    probing_ = false;
    failures_ = 0;
    return news;
}

bool CircuitBreaker::failed(TimePoint now, bool probe) noexcept {
    failed_at_ = now;
    if (probe) {
        give_up(now);
        return false;
    }
    if (open_ || opens_after_ == 0 || ++failures_ < opens_after_) {
        return false;
    }
    open_ = true;
    probe_at_ = now + kBetweenProbes;
    return true;
}

void CircuitBreaker::give_up(TimePoint now) noexcept {
    probing_ = false;
    probe_at_ = now + kBetweenProbes;
}

bool CircuitBreaker::is_rested(TimePoint now) const noexcept {
    return (!open_ && failures_ == 0) || now - failed_at_ > kRemembered;
}

}  // namespace runnel
