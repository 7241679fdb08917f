#include "app/check/check_exit_status.hpp"

#include <algorithm>
#include <iterator>

namespace runnel {

namespace {

/// Exit status of a monitoring plugin without a result.
constexpr int kUnknown = 3;

/// Whether \a status allows complete results. After a signal they may be complete within the grace.
bool allows_results(ExitStatus status) noexcept {
    constexpr ExitStatus kStatuses[] = {ExitStatus::Success,     ExitStatus::Failed,
                                        ExitStatus::Deadline,    ExitStatus::Hangup,
                                        ExitStatus::Interrupted, ExitStatus::Terminated};
    return std::ranges::find(kStatuses, status) != std::end(kStatuses);
}

}  // namespace

ExitStatus status_for(CheckFormat format, ExitStatus status,
                      std::optional<int> plugin_status) noexcept {
    switch (format) {
        case CheckFormat::Nagios:
            return static_cast<ExitStatus>(allows_results(status) ? plugin_status.value_or(kUnknown)
                                                                  : kUnknown);
        case CheckFormat::Docker:
            return status == ExitStatus::Success ? status : ExitStatus::Failed;
        default: return status;
    }
}

}  // namespace runnel
