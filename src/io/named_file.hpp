#pragma once

#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/atomic_file.hpp"

namespace runnel {

/// The file that an option names in full: a regular file, a stream or an open descriptor. Links are
/// followed, also one to a file that does not exist yet.
///
/// All calls block. Failures are ErrorClass::Sink with errno; the message is the reason alone.
class NamedFile {
public:
    enum class Kind {
        File,        ///< A regular file, a folder, or a name that is free.
        Stream,      ///< A device, a pipe or a socket, or a descriptor of another process.
        Descriptor,  ///< An open descriptor of this process: `/dev/stdout`, `/dev/fd/3`.
    };

    /// Looks at \a name. Fails with ELOOP if links lead in a circle, and with EBADF if it stands
    /// for a descriptor that this program has opened itself.
    [[nodiscard]] static Result<NamedFile> find(const std::string& name);
    /// Returns the NamedFile of the open \a descriptor.
    [[nodiscard]] static NamedFile of_descriptor(int descriptor);

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    /// Returns the name without links.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Returns the descriptor; -1 unless it is a Descriptor.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    /// Whether both are the same regular file (device and inode), or the same free name.
    [[nodiscard]] bool same_file_as(const NamedFile& other) const;

    /// Opens a Stream or a Descriptor for writing. A descriptor is duplicated, so that it keeps its
    /// position and its flags. Nothing is truncated. Waits for the reader of a FIFO, for at
    /// most the ReadLimit of the thread.
    [[nodiscard]] Result<UniqueFd> open_to_write() const;
    /// Whether a File exists. Fails as occupied() does.
    [[nodiscard]] Result<bool> exists() const;
    /// Creates the file that replaces a File when it is published.
    [[nodiscard]] Result<AtomicFile> create(AtomicFile::Access access) const;

private:
    NamedFile() = default;
    [[nodiscard]] static Result<NamedFile> inherited(int descriptor);

    Kind kind_ = Kind::File;
    std::string path_;
    int descriptor_ = -1;
};

/// Returns the descriptor that \a name stands for: `/dev/stdout`, `/dev/fd/3`, a link to one of
/// them. -1 if it is something else.
[[nodiscard]] int descriptor_named(const std::string& name);

}  // namespace runnel
