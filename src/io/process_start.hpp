#pragma once

#include <sys/types.h>

#include <array>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/byte_stream.hpp"
#include "io/loop.hpp"
#include "io/process_options.hpp"

namespace runnel::detail {

/// The three standard descriptors of a child that is being started. Destroying it closes the
/// child's ends of the pipes.
class ChildStdio {
public:
    /// Opens the pipes. \a name is the command, for messages. Fails with ErrorClass::Sink and errno
    /// if there are no descriptors left.
    [[nodiscard]] static Result<ChildStdio> open(const ProcessOptions& options,
                                                 const std::string& name);

    /// The descriptor that becomes the child's descriptor \a number: either \a number itself, or
    /// not a standard one.
    [[nodiscard]] int source(std::size_t number) const noexcept { return sources_[number]; }
    /// Returns this process's end of the pipe of descriptor \a number; null if it has none.
    [[nodiscard]] std::unique_ptr<ByteStream> take_stream(Loop& loop, std::size_t number,
                                                          const std::string& name);

private:
    ChildStdio() = default;
    // Each returns 0 or an errno.
    [[nodiscard]] int add(const Stdio& stdio, std::size_t number);
    [[nodiscard]] int add_pipe(std::size_t number);
    [[nodiscard]] int keep(UniqueFd descriptor, std::size_t number);

    std::array<int, 3> sources_ = {};
    std::array<UniqueFd, 3> parent_ends_;
    std::array<UniqueFd, 3> child_ends_;
};

/// Starts a process and waits until it has called exec(). Sets \a pid and returns 0, or returns an
/// errno. Uses posix_spawn(), whose cost does not depend on the memory of this process.
[[nodiscard]] int spawn(const ProcessOptions& options, const ChildStdio& stdio, pid_t& pid);

/// Returns the Error for a spawn() that failed with \a error: why, and what to do.
[[nodiscard]] Error start_failure(const ProcessOptions& options, int error);

}  // namespace runnel::detail
