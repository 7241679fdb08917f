#include "pipeline/host_breaker.hpp"

namespace runnel {

namespace {
constexpr Duration kRemembered = std::chrono::minutes(1);
}  // namespace

bool HostBreaker::connected() noexcept {
    const bool news = open_ || !connected_;
    connected_ = true;
    open_ = false;
    probing_ = false;
    failures_ = 0;
    return news;
}

bool HostBreaker::failed(TimePoint now, bool probe) noexcept {
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

void HostBreaker::give_up(TimePoint now) noexcept {
    probing_ = false;
    probe_at_ = now + kBetweenProbes;
}

bool HostBreaker::is_rested(TimePoint now) const noexcept {
    return (!open_ && failures_ == 0) || now - failed_at_ > kRemembered;
}

}  // namespace runnel
