#pragma once

#include <optional>

#include "app/console/exit_status.hpp"
#include "service/check_report.hpp"

namespace runnel {

/// Returns the exit status of a run that ended with \a status. For Docker it is 0 or 1. For Nagios
/// it is \a plugin_status, or 3 if that is not set or an error made the results unreliable. For
/// other formats it is \a status.
[[nodiscard]] ExitStatus status_for(CheckFormat format, ExitStatus status,
                                    std::optional<int> plugin_status) noexcept;

}  // namespace runnel
