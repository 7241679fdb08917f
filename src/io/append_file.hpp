#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// A file of lines to which several programs may append at a time.
///
/// A full disk or a crash can leave an unfinished line at the end of the file. Nothing is appended
/// to such a line: it is removed if it is one of ours and no other program that uses this class
/// has the file open, which is known from a shared lock (flock); otherwise it gets a newline. Only
/// a regular file is repaired.
///
/// All calls block. Failures are ErrorClass::Sink with errno; the message is the reason alone. For
/// one thread at a time.
class AppendFile {
public:
    /// The state of the end of the file that append() found.
    struct Tail {
        enum class Repair { None, Removed, Ended };
        Repair repair = Repair::None;
        std::uint64_t size = 0;  ///< Size of the unfinished line (bytes).
    };

    /// Opens \a name. An open descriptor (`/dev/fd/3`) is appended to as it is. A missing file is
    /// created with permissions for the owner only. \a line_begin: the beginning of all our lines.
    [[nodiscard]] static Result<AppendFile> open(std::string name, std::string line_begin);

    /// Repairs the end of the file and appends \a lines, which may be empty, by one system call.
    /// After a failure no unfinished line remains, unless it cannot be removed.
    [[nodiscard]] Result<Tail> append(std::string_view lines);

private:
    AppendFile(UniqueFd file, std::string name, std::string line_begin);

    [[nodiscard]] Tail repair();
    [[nodiscard]] bool begins_as_ours(std::string_view line) const;
    void share();

    UniqueFd file_;
    std::string name_;  ///< Empty if unfinished lines are not repaired.
    std::string line_begin_;
};

/// Whether \a name is a regular file whose last line has no newline. False if it cannot be read.
[[nodiscard]] bool ends_in_unfinished_line(const std::string& name);

}  // namespace runnel
