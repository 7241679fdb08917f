#include "app/run/command_run.hpp"

#include <fmt/format.h>

#include <system_error>

namespace runnel {

ExitStatus refuse(const Error& error, Log& log) {
    log.error(error.message());
    log.release();
    const bool unwritable = error.error_class() == ErrorClass::Sink;
    return unwritable ? ExitStatus::OutputFailed : ExitStatus::Usage;
}

ExitStatus run_command(Log& log, const std::function<ExitStatus()>& body) {
    ExitStatus status = ExitStatus::Success;
    try {
        status = body();
    } catch (const std::system_error& failure) {
        log.error(fmt::format("the system has no room: {}", failure.what()));
        status = ExitStatus::Failed;
    }
    if (status != ExitStatus::Success && status != ExitStatus::ReaderGone) {
        log.release();
    }
    return status;
}

}  // namespace runnel
