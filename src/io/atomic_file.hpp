#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// A new file that gets its name when it is complete, and then replaces another file or a symbolic
/// link of that name in one step. Until then it has no name (O_TMPFILE), so that nothing is left if
/// the process is killed. If the file system does not support that or /proc is missing, it is
/// `.runnel.PID.NUMBER` in the same folder, and removed by the destructor. It takes over the
/// permissions of the file that it replaces; otherwise see Access.
///
/// All calls block. Failures are ErrorClass::Sink with errno; the message is the reason alone. For
/// one thread at a time.
class AtomicFile {
public:
    enum class Temporary { Unnamed, Named };
    enum class Existing { Replace, Keep };
    /// The permissions of a file that replaces no other: those that the umask leaves, or for the
    /// owner only.
    enum class Access { Usual, Owner };

    /// Creates a file in the open \a folder for publication as \a name, which has no slash.
    [[nodiscard]] static Result<AtomicFile> create(UniqueFd folder, std::string name,
                                                   Access access = Access::Usual,
                                                   Temporary temporary = Temporary::Unnamed);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// Writes the content to the disk, gives the file its name, and writes that to the disk.
    /// Returns false if the name exists and \a existing is Keep. Fails as occupied() does.
    /// Afterwards the object may only be destroyed.
    [[nodiscard]] Result<bool> publish(Existing existing);

    /// Returns the open file, to lock it before it gets its name.
    [[nodiscard]] int descriptor() const noexcept { return file_.get(); }
    /// Returns the file, open for reading and for writing at its end, after publish().
    [[nodiscard]] UniqueFd take() && noexcept { return std::move(file_); }

private:
    AtomicFile(UniqueFd folder, std::string name)
        : folder_(std::move(folder)), name_(std::move(name)) {}

    // Each returns 0 or an errno.
    [[nodiscard]] int make_unnamed(mode_t permissions);
    [[nodiscard]] int make_named(mode_t permissions);
    [[nodiscard]] int give_temporary_name();
    [[nodiscard]] int copy_permissions();
    [[nodiscard]] int rename(Existing existing);

    UniqueFd folder_;
    std::string name_;
    UniqueFd file_;
    std::string temporary_name_;  ///< Empty if the file is unnamed.
};

/// Returns whether \a name in the open \a folder is a file or a symbolic link, which an AtomicFile
/// replaces. Fails if it is anything else: a folder, a device, a pipe, a socket.
[[nodiscard]] Result<bool> occupied(int folder, const std::string& name);

/// Writes the names in the open \a folder to the disk. Returns 0 or an errno; 0 if the file system
/// does not support that for folders.
[[nodiscard]] int sync_folder(int folder) noexcept;

}  // namespace runnel
