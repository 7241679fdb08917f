#pragma once

#include <sys/types.h>

#include <cstddef>

namespace runnel {

/// Raises this process's limit of open files (RLIMIT_NOFILE) to the hard limit. Returns the number
/// of descriptors that can still be opened; some may be open already, even inherited ones. May be
/// called repeatedly, but by one thread at a time.
std::size_t raise_descriptor_limit();

/// Raises the limit of open files, and returns the number of connections that it allows: what is
/// left of it after a reserve for everything else. At least 1.
std::size_t connection_limit();

/// Gives \a process (0 means this one) the limit that this process had before it was raised,
/// because programs that use select(), or that close every possible descriptor, expect a low one.
/// Does nothing if the limit was not raised or \a process has ended.
void restore_descriptor_limit(pid_t process) noexcept;

}  // namespace runnel
