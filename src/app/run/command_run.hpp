#pragma once

#include <functional>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "base/error.hpp"

namespace runnel {

/// A command that cannot begin: tells why. OutputFailed when something could not be written
/// (ErrorClass::Sink), else Usage.
[[nodiscard]] ExitStatus refuse(const Error& error, Log& log);

/// What a command does, from its preparations to its status. A system that has no room for the
/// threads that read and write is told, and Failed. What `--quiet` held back is shown unless all
/// went well.
[[nodiscard]] ExitStatus run_command(Log& log, const std::function<ExitStatus()>& body);

}  // namespace runnel
