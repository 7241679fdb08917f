#pragma once

#include "app/exit_status.hpp"
#include "base/error.hpp"

namespace runnel {

/// Whether a command that could not be started may be started later: there was no room for one more
/// process. Else no batch can be delivered at all.
[[nodiscard]] bool may_start_later(const Error& failure) noexcept;

/// What the process tells of a command that cannot be run: as a shell does, 127 when it is not
/// there, 126 when it cannot be executed; 123 for anything else.
[[nodiscard]] ExitStatus status_of_command(const Error& failure) noexcept;

}  // namespace runnel
