#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/exit_status.hpp"
#include "service/check_report.hpp"

namespace runnel {

/// What the readers of \a format take for the end with \a status: Docker 0 and 1 only, a monitoring
/// system \a plugin_status, if there is one and the run came to its end, else 3, and others the
/// status itself.
[[nodiscard]] ExitStatus status_for(CheckFormat format, ExitStatus status,
                                    std::optional<int> plugin_status) noexcept;

/// The same for arguments that mean nothing, as far as they say which command and which format was
/// meant.
[[nodiscard]] ExitStatus usage_status(std::span<const std::string> arguments) noexcept;

}  // namespace runnel
