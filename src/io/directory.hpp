#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/atomic_file.hpp"

namespace runnel {

/// A folder that files are written beneath, whatever they are called and whatever lies there.
///
/// Paths below it are walked name by name: each folder is opened from the one above (openat) and a
/// symbolic link in its place is a failure (O_NOFOLLOW), so that no path leads out. openat2 with
/// RESOLVE_BENEATH would do the same in one call; but folders that are missing have to be made one
/// by one anyway, kernels before 5.6 and some containers do not have it, and two ways of doing it
/// would be two things to get right.
///
/// Everything blocks, and may be called on any thread. Failures are as those of AtomicFile.
class Directory {
public:
    /// Opens the folder \a path, which is the user's own: links in it are followed. Empty: the
    /// working directory.
    [[nodiscard]] static Result<Directory> open(const std::string& path);
    /// The same, and makes what is missing of it.
    [[nodiscard]] static Result<Directory> make(const std::string& path);

    /// Whether a file or a symbolic link is at \a path: names with one slash between them, none of
    /// them empty, `.` or `..`. Fails as occupied() does. Makes nothing.
    [[nodiscard]] Result<bool> has(std::string_view path) const;
    /// A file that is going to be at \a path, in a folder that is made if it is missing.
    [[nodiscard]] Result<AtomicFile> create(
        std::string_view path,
        AtomicFile::Temporary temporary = AtomicFile::Temporary::Unnamed) const;

private:
    explicit Directory(UniqueFd folder) : folder_(std::move(folder)) {}

    UniqueFd folder_;
};

}  // namespace runnel
