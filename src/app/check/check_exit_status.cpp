#include "app/check/check_exit_status.hpp"

#include <algorithm>
#include <iterator>

namespace runnel {

namespace {

constexpr int kUnknown = 3;

/// Nothing went wrong but with the targets. With a grace the results may be whole after a signal.
bool is_of_results(ExitStatus status) noexcept {
    constexpr ExitStatus kThese[] = {ExitStatus::Success,     ExitStatus::Failed,
                                     ExitStatus::Deadline,    ExitStatus::Hangup,
                                     ExitStatus::Interrupted, ExitStatus::Terminated};
    return std::ranges::find(kThese, status) != std::end(kThese);
}

}  // namespace

ExitStatus status_for(CheckFormat format, ExitStatus status,
                      std::optional<int> plugin_status) noexcept {
    switch (format) {
        case CheckFormat::Nagios:
            return static_cast<ExitStatus>(is_of_results(status) ? plugin_status.value_or(kUnknown)
                                                                 : kUnknown);
        case CheckFormat::Docker:
            return status == ExitStatus::Success ? status : ExitStatus::Failed;
        default: return status;
    }
}

}  // namespace runnel
