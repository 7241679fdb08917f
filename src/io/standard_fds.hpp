#pragma once

namespace runnel {

/// Whether each of the standard descriptors was closed when the program started.
struct StandardFds {
    bool stdin_was_closed = false;
    bool stdout_was_closed = false;
    bool stderr_was_closed = false;
};

/// Makes the standard descriptors safe to use. Call it first in main(), before any descriptor is
/// opened and any thread is started. Opens /dev/null for those that are closed, because otherwise
/// the next socket or file would get the number, and with it the data written to stdout. Ignores
/// SIGPIPE and SIGXFSZ, so that writing to a closed pipe fails with EPIPE and past a limit of file
/// size with EFBIG; child processes get the default action back.
[[nodiscard]] StandardFds prepare_standard_fds();

}  // namespace runnel
