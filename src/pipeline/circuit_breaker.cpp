#include "pipeline/circuit_breaker.hpp"

namespace runnel {

namespace {
constexpr Duration kFailureMemory = std::chrono::minutes(1);
}  // namespace

bool CircuitBreaker::connected() noexcept {
    const bool allows_more = open_ || !connected_;
    connected_ = true;
    open_ = false;
    probing_ = false;
    failures_ = 0;
    return allows_more;
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
    probe_at_ = now + kProbeInterval;
    return true;
}

void CircuitBreaker::give_up(TimePoint now) noexcept {
    probing_ = false;
    probe_at_ = now + kProbeInterval;
}

bool CircuitBreaker::is_idle(TimePoint now) const noexcept {
    return (!open_ && failures_ == 0) || now - failed_at_ > kFailureMemory;
}

}  // namespace runnel
