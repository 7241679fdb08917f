#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/atomic_file.hpp"
#include "io/named_file.hpp"

namespace runnel {

/// A file that an option names, for writing. It is opened before the run starts, so that a wrong
/// name is reported early. Every failure is ErrorClass::Sink with errno, and names the option, the
/// file and the reason.
///
/// `-` is stdout. It, other open descriptors (`/dev/fd/3`), devices and pipes are written to in
/// every mode except Update; they are neither truncated nor replaced.
class OutputFile {
public:
    enum class Mode {
        Replace,  ///< Opening empties the file.
        Swap,     ///< commit(), called once, replaces the content in one step, after it is on the
                  ///< disk. Without it the file does not change. A link is followed.
        Update,   ///< As Swap, for a file that is also read; it must be a regular file.
    };

    /// \a option is for messages: `--stats`. \a access: for a new file of Mode::Swap.
    OutputFile(std::string option, Mode mode, AtomicFile::Access access = AtomicFile::Access::Usual)
        : option_(std::move(option)), mode_(mode), access_(access) {}

    /// Creates the file if it is missing. Does nothing if \a name is empty.
    [[nodiscard]] Result<void> open(const std::string& name);
    /// Whether there is a file.
    [[nodiscard]] bool wanted() const noexcept { return file_ || next_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// append() and commit() of a content that is in memory.
    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// Blocks. There must be a file unless \a bytes is empty.
    [[nodiscard]] Result<void> append(std::string_view bytes);
    /// Ends the content: in the modes Swap and Update the file gets it now. Blocks.
    [[nodiscard]] Result<void> commit();

private:
    [[nodiscard]] Result<void> open_next(const NamedFile& file);
    [[nodiscard]] Error cannot_write(const std::string& why, int code) const;

    std::string option_;
    Mode mode_;
    AtomicFile::Access access_;
    std::string name_;
    UniqueFd file_;
    std::optional<AtomicFile> next_;  ///< Used instead of file_ for Mode::Swap and Update.
};

}  // namespace runnel
