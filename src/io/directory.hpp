#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/atomic_file.hpp"

namespace runnel {

/// A folder in which files are created safely, even if their names come from an untrusted source.
///
/// Paths in it are opened name by name: each folder is opened from the one above (openat), and a
/// symbolic link in its place is a failure (O_NOFOLLOW), so that no path leads out. openat2 with
/// RESOLVE_BENEATH does the same in one call, but missing folders must be created one by one
/// anyway, and kernels before 5.6 and some containers do not support it.
///
/// All calls block; they may be made in any thread. Failures are as those of AtomicFile.
class Directory {
public:
    /// Opens the folder \a path, following symbolic links, because the user has chosen it. Empty
    /// means the working directory.
    [[nodiscard]] static Result<Directory> open(const std::string& path);
    /// The same, but creates the folder and missing ones above it.
    [[nodiscard]] static Result<Directory> make(const std::string& path);

    /// Returns whether \a path is a file or a symbolic link. \a path consists of names separated by
    /// single slashes; none is empty, `.` or `..`. Fails as occupied() does. Creates nothing.
    [[nodiscard]] Result<bool> has(std::string_view path) const;
    /// Creates a file for publication at \a path, and missing folders above it.
    [[nodiscard]] Result<AtomicFile> create(
        std::string_view path, AtomicFile::Access access = AtomicFile::Access::Usual,
        AtomicFile::Temporary temporary = AtomicFile::Temporary::Unnamed) const;

private:
    explicit Directory(UniqueFd folder) : folder_(std::move(folder)) {}

    UniqueFd folder_;
};

}  // namespace runnel
