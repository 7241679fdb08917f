#include "io/spool.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/system_error.hpp"
#include "base/write_all.hpp"
#include "io/system_calls.hpp"

namespace runnel {

namespace {

constexpr std::size_t kPieceSize = std::size_t{256} << 10;

std::string temporary_folder() {
    const char* named = ::secure_getenv("TMPDIR");
    return named != nullptr && *named != '\0' ? named : "/tmp";
}

/// Opens an unnamed file. File systems that cannot do that get a named one that is unlinked at
/// once.
UniqueFd open_unnamed_file(const std::string& folder) {
    UniqueFd file = system_calls::open_unnamed(AT_FDCWD, folder.c_str(), O_RDWR, 0600);
    if (!file && (errno == EOPNOTSUPP || errno == EISDIR)) {
        std::string path = folder + "/runnel.XXXXXX";
        file = UniqueFd(::mkostemp(path.data(), O_CLOEXEC));
        if (file) {
            ::unlink(path.c_str());
        }
    }
    return file;
}

}  // namespace

Result<void> Spool::append(std::string_view bytes) {
    size_ += bytes.size();
    if (!file_ && memory_.size() + bytes.size() > in_memory_) {
        RUNNEL_TRY(spill());
    }
    if (file_) {
        return write(bytes);
    }
    memory_ += bytes;
    return {};
}

Result<void> Spool::spill() {
    const std::string folder = temporary_folder();
    file_ = open_unnamed_file(folder);
    if (!file_) {
        return system_error(ErrorClass::Sink, "cannot create a temporary file in " + folder, errno);
    }
    return write(std::exchange(memory_, std::string()));
}

Result<void> Spool::write(std::string_view bytes) {
    if (const int error = write_all(file_.get(), bytes)) {
        return system_error(ErrorClass::Sink,
                            "cannot write to a temporary file in " + temporary_folder(), error);
    }
    return {};
}

Result<std::string> Spool::take() {
    if (!file_) {
        size_ = 0;
        return std::exchange(memory_, std::string());
    }
    std::string piece(std::min<std::uint64_t>(size_, kPieceSize), '\0');
    std::size_t filled = 0;
    while (filled < piece.size()) {
        const ssize_t got = ::pread(file_.get(), piece.data() + filled, piece.size() - filled,
                                    static_cast<off_t>(taken_ + filled));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            const int error = got == 0 ? EIO : errno;
            return system_error(ErrorClass::Sink,
                                "cannot read a temporary file in " + temporary_folder(), error);
        }
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    taken_ += filled;
    size_ -= filled;
    return piece;
}

}  // namespace runnel
