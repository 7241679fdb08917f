#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/atomic_file.hpp"

namespace runnel {

/// A file that an option names, to be written to. Opened before anything starts, so that a wrong
/// name is told in time. Every failure is ErrorClass::Sink with errno, and names the option, the
/// file and the reason.
class OutputFile {
public:
    enum class Mode {
        Replace,  ///< Empty once it is open.
        Append,   ///< What was there stays. One write() is one write to the file, so that several
                  ///< programs can share it.
        Swap,     ///< One write() is all of it, and takes the place of what was there in one step,
                  ///< once it is on the disk; nothing is changed without it. A link is followed.
    };

    /// \a option as it is told: `--stats`.
    OutputFile(std::string option, Mode mode) : option_(std::move(option)), mode_(mode) {}

    /// Makes the file if need be. No \a name, no file.
    [[nodiscard]] Result<void> open(const std::string& name);
    [[nodiscard]] bool wanted() const noexcept { return file_ || next_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Blocks. There must be a file, unless \a bytes are empty.
    [[nodiscard]] Result<void> write(std::string_view bytes);

private:
    [[nodiscard]] Result<void> open_next();
    [[nodiscard]] Error cannot_write(const std::string& why, int code) const;

    std::string option_;
    Mode mode_;
    std::string name_;
    UniqueFd file_;
    std::optional<AtomicFile> next_;  // in the place of file_, to swap
};

}  // namespace runnel
