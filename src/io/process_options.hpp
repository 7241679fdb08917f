#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// The file or pipe that one of the three standard descriptors of a child process is connected to.
class Stdio {
public:
    enum class Kind { Null, Inherit, Pipe, Descriptor };

    /// /dev/null.
    [[nodiscard]] static Stdio null() noexcept { return Stdio(Kind::Null, -1); }
    /// The same descriptor of this process. If it was non-blocking it becomes blocking, also here.
    [[nodiscard]] static Stdio inherit() noexcept { return Stdio(Kind::Inherit, -1); }
    /// A pipe whose other end is a ByteStream of the Process. Not a socket pair, so that the child
    /// can open /dev/stdin and /dev/stdout.
    [[nodiscard]] static Stdio pipe() noexcept { return Stdio(Kind::Pipe, -1); }
    /// A copy of \a descriptor, which must be open while the process is started. It must not belong
    /// to a ByteStream.
    [[nodiscard]] static Stdio descriptor(int descriptor) noexcept {
        return Stdio(Kind::Descriptor, descriptor);
    }

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    /// -1 unless Kind::Descriptor.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    Stdio(Kind kind, int descriptor) noexcept : kind_(kind), descriptor_(descriptor) {}

    Kind kind_;
    int descriptor_;
};

/// How to start a process.
class ProcessOptions {
public:
    using Environment = std::vector<std::pair<std::string, std::string>>;

    ProcessOptions() = default;
    explicit ProcessOptions(std::vector<std::string> arguments) : argv(std::move(arguments)) {}

    /// The command and its arguments. A command without a slash is searched in the child's PATH. No
    /// shell is involved.
    std::vector<std::string> argv;
    /// Variables to set or replace. If a name occurs twice, the last value is used.
    Environment environment;
    /// Whether the child also gets the variables of this process.
    bool inherit_environment = true;
    /// The child's working directory. Empty means that of this process.
    std::string working_directory;

    Stdio in = Stdio::null();
    Stdio out = Stdio::inherit();
    Stdio err = Stdio::inherit();

    /// Fails with ErrorClass::BadInput if no process can be started with these options: no command,
    /// a NUL byte in a text, an invalid variable name. Makes no system calls.
    [[nodiscard]] Result<void> check() const;
    /// Returns the child's variables as `NAME=value`; nullopt means those of this process.
    [[nodiscard]] std::optional<std::vector<std::string>> variables() const;
};

}  // namespace runnel
