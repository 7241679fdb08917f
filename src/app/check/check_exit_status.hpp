#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/console/exit_status.hpp"
#include "service/check_report.hpp"

namespace runnel {

/// What the readers of \a format take for the end with \a status: Docker 0 and 1 only, a monitoring
/// system \a plugin_status, if there is one and nothing else went wrong, else 3, and others the
/// status itself.
[[nodiscard]] ExitStatus status_for(CheckFormat format, ExitStatus status,
                                    std::optional<int> plugin_status) noexcept;

/// The same for \a status of a run that did not begin, because \a arguments mean nothing, for
/// example: as far as they, \a environment (as `environ`) and the file of `--config` say which
/// command and which format was meant.
[[nodiscard]] ExitStatus status_before_run(ExitStatus status,
                                           std::span<const std::string> arguments,
                                           const char* const* environment);

}  // namespace runnel
