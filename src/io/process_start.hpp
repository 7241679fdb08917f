#pragma once

#include <uv.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/byte_stream.hpp"
#include "io/loop.hpp"
#include "io/process_options.hpp"

namespace runnel::detail {

/// What the three standard descriptors of a child are made of, as uv_spawn() takes it. Lives until
/// the child was started; the child's ends of the pipes are closed with it.
class ChildStdio {
public:
    /// Opens the pipes. \a name is that of the command, for errors. ErrorClass::Sink with errno
    /// when there are no descriptors left.
    [[nodiscard]] static Result<ChildStdio> open(const ProcessOptions& options,
                                                 const std::string& name);

    [[nodiscard]] std::array<uv_stdio_container_t, 3>& containers() noexcept { return containers_; }
    /// Our end of the pipe of that descriptor; null when it has none.
    [[nodiscard]] std::unique_ptr<ByteStream> take_stream(Loop& loop, std::size_t number,
                                                          const std::string& name);

private:
    ChildStdio() = default;
    /// 0 or an errno.
    [[nodiscard]] int add(const Stdio& stdio, std::size_t number);
    [[nodiscard]] int add_pipe(std::size_t number);

    std::array<uv_stdio_container_t, 3> containers_ = {};
    std::array<UniqueFd, 3> ours_;
    std::array<UniqueFd, 3> childs_;
};

/// Starts a process for Process::start(); 0 or a negative errno. \a process is an initialised
/// handle afterwards, in either case.
[[nodiscard]] int spawn(Loop& loop, uv_process_t& process, uv_exit_cb on_exit,
                        const ProcessOptions& options, ChildStdio& stdio);

/// Tells why a process could not be started, and what to do.
[[nodiscard]] Error start_failure(const ProcessOptions& options, int status);

}  // namespace runnel::detail
