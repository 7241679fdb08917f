#pragma once

#include <sys/types.h>

#include <cstddef>

namespace runnel {

/// Lets this process have as many open files as it may (RLIMIT_NOFILE, up to the hard limit).
/// Gives how many that are beside those that are open, which it may have inherited. May be called
/// again, from one thread at a time.
std::size_t raise_descriptor_limit();

/// Raises the limit of open files, and returns how many connections it allows: what is left of it
/// after a reserve for everything else. At least 1.
std::size_t connection_limit();

/// Gives \a process, 0 for this one, the limit that this process had before it was raised: programs
/// that use select(), or close whatever they might have open, count on a low one. Nothing happens
/// when it was not raised, or the process is gone.
void restore_descriptor_limit(pid_t process) noexcept;

}  // namespace runnel
