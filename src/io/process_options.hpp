#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace runnel {

/// What one of the three standard descriptors of a child is.
class Stdio {
public:
    enum class Kind { Null, Inherit, Pipe, Descriptor };

    /// /dev/null.
    [[nodiscard]] static Stdio null() noexcept { return Stdio(Kind::Null, -1); }
    /// The same descriptor of ours. One that was non-blocking becomes blocking, for us too.
    [[nodiscard]] static Stdio inherit() noexcept { return Stdio(Kind::Inherit, -1); }
    /// A pipe whose other end is a ByteStream of the Process. A pipe and no pair of sockets, so
    /// that /dev/stdin and /dev/stdout can be opened in the child.
    [[nodiscard]] static Stdio pipe() noexcept { return Stdio(Kind::Pipe, -1); }
    /// A copy of \a descriptor, which must be open while the process is started. It must not be
    /// that of a ByteStream.
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

    /// The command and its arguments. A command without a slash is looked for in the PATH that the
    /// child gets. No shell sees it.
    std::vector<std::string> argv;
    /// Variables that are set or replaced; of the same name twice the last counts.
    Environment environment;
    /// Whether the child gets our variables too.
    bool inherit_environment = true;
    /// Where it runs; empty: where we do.
    std::string working_directory;

    Stdio in = Stdio::null();
    Stdio out = Stdio::inherit();
    Stdio err = Stdio::inherit();

    /// Why no process can be started with these options, without asking the system: no command, a
    /// NUL where the system would cut the text off, a name that is none (ErrorClass::BadInput).
    [[nodiscard]] std::optional<Error> problem() const;
    /// The variables of the child as `NAME=value`; nullopt: ours, unchanged.
    [[nodiscard]] std::optional<std::vector<std::string>> variables() const;
};

}  // namespace runnel
