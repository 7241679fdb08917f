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

/// What the three standard descriptors of a child are made of. Lives until the child was started;
/// the child's ends of the pipes are closed with it.
class ChildStdio {
public:
    /// Opens the pipes. \a name is that of the command, for errors. ErrorClass::Sink with errno
    /// when there are no descriptors left.
    [[nodiscard]] static Result<ChildStdio> open(const ProcessOptions& options,
                                                 const std::string& name);

    /// What the child gets as its descriptor \a number: never one of the three, unless it is that
    /// one itself.
    [[nodiscard]] int source(std::size_t number) const noexcept { return sources_[number]; }
    /// Our end of the pipe of that descriptor; null when it has none.
    [[nodiscard]] std::unique_ptr<ByteStream> take_stream(Loop& loop, std::size_t number,
                                                          const std::string& name);

private:
    ChildStdio() = default;
    /// 0 or an errno.
    [[nodiscard]] int add(const Stdio& stdio, std::size_t number);
    [[nodiscard]] int add_pipe(std::size_t number);
    [[nodiscard]] int keep(UniqueFd descriptor, std::size_t number);

    std::array<int, 3> sources_ = {};
    std::array<UniqueFd, 3> ours_;
    std::array<UniqueFd, 3> childs_;
};

/// Starts a process for Process::start(), and waits until it has called exec(). Gives 0 and \a pid,
/// or an errno. Our memory is not copied (posix_spawn), so it does not matter how much there is.
[[nodiscard]] int spawn(const ProcessOptions& options, const ChildStdio& stdio, pid_t& pid);

/// Tells why a process could not be started, and what to do.
[[nodiscard]] Error start_failure(const ProcessOptions& options, int error);

}  // namespace runnel::detail
