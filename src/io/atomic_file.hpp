#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// A new file that appears under its name when it is complete: another file of that name, or a
/// symbolic link, is replaced in one step. Until then it has no name (O_TMPFILE), so that nothing
/// of it is left whatever ends the process; where the file system has no such files, or /proc is
/// missing, it is `.runnel.PID.NUMBER` in the same folder, and removed with this. A file that is
/// replaced hands its permissions on; a new one has those that the umask leaves.
///
/// Everything blocks. Failures are ErrorClass::Sink with errno; the message is the reason alone.
/// One thread at a time.
class AtomicFile {
public:
    enum class Temporary { Unnamed, Named };
    enum class Existing { Replace, Keep };

    /// Beneath the open \a folder, with the bare \a name that it is going to have.
    [[nodiscard]] static Result<AtomicFile> create(UniqueFd folder, std::string name,
                                                   Temporary temporary = Temporary::Unnamed);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// Gives it its name, once its content, and then the name too, are on the disk. False:
    /// something has that name already and was to be kept. Fails as occupied() does. Nothing may
    /// follow but the end of this.
    [[nodiscard]] Result<bool> publish(Existing existing);

private:
    AtomicFile(UniqueFd folder, std::string name)
        : folder_(std::move(folder)), name_(std::move(name)) {}

    [[nodiscard]] int make_unnamed();
    [[nodiscard]] int make_named();
    [[nodiscard]] int give_temporary_name();
    [[nodiscard]] int take_permissions();
    [[nodiscard]] int rename(Existing existing);

    UniqueFd folder_;
    std::string name_;
    UniqueFd file_;
    std::string temporary_name_;  // empty: it has none
};

/// Whether \a name in the open \a folder is a file or a symbolic link: something that an
/// AtomicFile replaces. Fails when it is anything else: a folder, a device, a pipe.
[[nodiscard]] Result<bool> occupied(int folder, const std::string& name);

/// Puts the names in the open \a folder on the disk; gives 0 or an errno. Nothing where the file
/// system cannot do that for a folder.
[[nodiscard]] int sync_folder(int folder) noexcept;

}  // namespace runnel
