#pragma once

#include <optional>

#include "app/console/exit_status.hpp"
#include "service/check_report.hpp"

namespace runnel {

/// What the readers of \a format take for the end with \a status: Docker 0 and 1 only, a monitoring
/// system \a plugin_status, if there is one and nothing else went wrong, else 3, and others the
/// status itself.
[[nodiscard]] ExitStatus status_for(CheckFormat format, ExitStatus status,
                                    std::optional<int> plugin_status) noexcept;

}  // namespace runnel
