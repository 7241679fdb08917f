#pragma once

#include "app/exit_status.hpp"
#include "base/error.hpp"
#include "base/result.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// What it means for a batch that its command could not be started, or that its worker did not
/// answer: Rejected for lines that cannot be given to it, Failed for what may pass (such as no room
/// for one more process), else the error itself: no batch can be delivered at all.
[[nodiscard]] Result<Verdict> verdict_of_failure(const Error& failure);

/// What the process tells of a command that cannot be run: as a shell does, 127 when it is not
/// there, 126 when it cannot be executed; 123 for anything else.
[[nodiscard]] ExitStatus status_of_command(const Error& failure) noexcept;

}  // namespace runnel
