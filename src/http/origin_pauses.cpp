#include "http/origin_pauses.hpp"

#include <algorithm>

#include "async/sleep.hpp"

namespace runnel::http {

void OriginPauses::pause(const std::string& origin, TimePoint until) {
    if (until_.size() >= sweep_at_) {
        forget_past();
    }
    TimePoint& end = until_.try_emplace(origin, until).first->second;
    end = std::max(end, until);
}

std::optional<TimePoint> OriginPauses::paused_until(const std::string& origin) const {
    const auto found = until_.find(origin);
    if (found == until_.end() || found->second <= scheduler_.now()) {
        return std::nullopt;
    }
    return found->second;
}

Task<void> OriginPauses::wait(std::string origin) const {
    while (const std::optional<TimePoint> until = paused_until(origin)) {
        co_await sleep_until(Deadline(*until));
    }
}

/// The next time when there are twice as many as are left, so that a pause costs O(1) on average.
void OriginPauses::forget_past() {
    const TimePoint now = scheduler_.now();
    std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
    sweep_at_ = std::max(kFewest, 2 * until_.size());
}

}  // namespace runnel::http
