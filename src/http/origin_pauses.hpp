#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "async/scheduler.hpp"
#include "async/task.hpp"

namespace runnel::http {

/// The origins that asked to be left alone for a while (Retry-After), so that nobody asks them
/// meanwhile. Holds what is paused and, for a while, as much again that was.
class OriginPauses {
public:
    /// \a scheduler tells the time; it outlives this.
    explicit OriginPauses(const Scheduler& scheduler) : scheduler_(scheduler) {}

    /// Nobody is to ask \a origin before \a until. A pause that lasts longer already stays.
    void pause(const std::string& origin, TimePoint until);
    /// When \a origin may be asked again; nothing when it may be now.
    [[nodiscard]] std::optional<TimePoint> paused_until(const std::string& origin) const;
    /// Resumes when \a origin is not paused, at once if it is not; from the timer's turn otherwise,
    /// all who wait for it together. This must outlive the wait. A stop ends it with Cancelled.
    [[nodiscard]] Task<void> wait(std::string origin) const;

    /// Entries held, those that are over included.
    [[nodiscard]] std::size_t size() const noexcept { return until_.size(); }

private:
    void forget_past();

    static constexpr std::size_t kFewest = 64;

    const Scheduler& scheduler_;
    std::unordered_map<std::string, TimePoint> until_;
    std::size_t sweep_at_ = kFewest;  ///< The size at which those that are over are dropped.
};

}  // namespace runnel::http
