#include "io/spool.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/write_all.hpp"

namespace runnel {

namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

std::string temporary_folder() {
    const char* named = ::secure_getenv("TMPDIR");
    return named != nullptr && *named != '\0' ? named : "/tmp";
}

/// Not every file system has files without a name from the start.
UniqueFd unnamed_file(const std::string& folder) {
    UniqueFd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file && (errno == EOPNOTSUPP || errno == EISDIR)) {
        std::string path = folder + "/runnel.XXXXXX";
        file = UniqueFd(::mkostemp(path.data(), O_CLOEXEC));
        if (file) {
            ::unlink(path.c_str());
        }
    }
    return file;
}

Error failure(const std::string& what, int code) {
    return Error(ErrorClass::Sink, what + ": " + std::system_category().message(code), code);
}

}  // namespace

Result<void> Spool::append(std::string_view bytes) {
    size_ += bytes.size();
    if (!file_ && memory_.size() + bytes.size() > in_memory_) {
        Result<void> spilled = spill();
        if (!spilled) {
            return spilled;
        }
    }
    if (file_) {
        return write(bytes);
    }
    memory_ += bytes;
    return {};
}

Result<void> Spool::spill() {
    const std::string folder = temporary_folder();
    file_ = unnamed_file(folder);
    if (!file_) {
        return failure("no temporary file in " + folder, errno);
    }
    return write(std::exchange(memory_, std::string()));
}

Result<void> Spool::write(std::string_view bytes) {
    const int error = write_all(file_.get(), bytes);
    if (error != 0) {
        return failure("cannot write to a temporary file in " + temporary_folder(), error);
    }
    return {};
}

Result<std::string> Spool::take() {
    if (!file_) {
        size_ = 0;
        return std::exchange(memory_, std::string());
    }
    std::string piece(std::min<std::uint64_t>(size_, kPiece), '\0');
    std::size_t filled = 0;
    while (filled < piece.size()) {
        const ssize_t got = ::pread(file_.get(), piece.data() + filled, piece.size() - filled,
                                    static_cast<off_t>(taken_ + filled));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            const int error = got == 0 ? EIO : errno;
            return failure("cannot read a temporary file in " + temporary_folder(), error);
        }
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    taken_ += filled;
    size_ -= filled;
    return piece;
}

}  // namespace runnel
