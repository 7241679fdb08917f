#pragma once

namespace runnel {

/// Which of the standard descriptors were closed when the program started.
struct StandardFds {
    bool stdin_was_closed = false;
    bool stdout_was_closed = false;
    bool stderr_was_closed = false;
};

/// Makes the standard descriptors safe to use; the first thing a program does, before any other
/// descriptor is opened and any thread is started. Those that are closed become /dev/null, else the
/// next socket or file would get the number and stdout's data. SIGPIPE is ignored from here on: a
/// gone reader is an error like others. (Whoever starts a child gives it the default back.)
[[nodiscard]] StandardFds prepare_standard_fds();

}  // namespace runnel
