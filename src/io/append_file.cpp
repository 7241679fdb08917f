#include "io/append_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/system_error.hpp"
#include "base/write_all.hpp"
#include "io/named_file.hpp"

namespace runnel {

namespace {

/// Size of one read (bytes).
constexpr std::uint64_t kReadSize = std::uint64_t{64} << 10;

struct UnfinishedLine {
    std::uint64_t begin = 0;  ///< Its position in the file.
    std::uint64_t size = 0;
    std::string head;  ///< Its first bytes.
};

/// Returns \a size bytes from \a position; less at the end of the file or if it cannot be read.
std::string read_at(int file, std::uint64_t position, std::uint64_t size) {
    std::string bytes(size, '\0');
    const ssize_t got = ::pread(file, bytes.data(), size, static_cast<off_t>(position));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

/// Opens the regular file \a name for reading. It must be the same as \a same, if that is not -1.
UniqueFd open_to_read(const std::string& name, int same) {
    struct stat status = {};
    if (::stat(name.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return UniqueFd();
    }
    UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat expected = {};
    const bool known = file && ::fstat(file.get(), &status) == 0 &&
                       ::fstat(same == -1 ? file.get() : same, &expected) == 0;
    const bool equal = status.st_ino == expected.st_ino && status.st_dev == expected.st_dev;
    return known && equal ? std::move(file) : UniqueFd();
}

/// Returns the position after the last newline in the first \a end bytes of \a file; null if it
/// cannot be read.
std::optional<std::uint64_t> last_line_begin(int file, std::uint64_t end) {
    while (end > 0) {
        const std::uint64_t from = end - std::min(end, kReadSize);
        const std::string bytes = read_at(file, from, end - from);
        if (bytes.size() != end - from) {
            return std::nullopt;
        }
        const std::size_t newline = bytes.rfind('\n');
        if (newline != std::string::npos) {
            return from + newline + 1;
        }
        end = from;
    }
    return 0;
}

/// Returns what follows the last newline of \a name; null if nothing does, or if the file is not
/// the one open as \a same, is not a regular one or cannot be read.
std::optional<UnfinishedLine> find_unfinished_line(const std::string& name, int same = -1) {
    const UniqueFd file = open_to_read(name, same);
    const off_t end = file ? ::lseek(file.get(), 0, SEEK_END) : 0;
    if (end <= 0) {
        return std::nullopt;
    }
    const auto size = static_cast<std::uint64_t>(end);
    const std::optional<std::uint64_t> begin = last_line_begin(file.get(), size);
    if (!begin || *begin == size) {
        return std::nullopt;
    }
    const std::uint64_t length = size - *begin;
    return UnfinishedLine{*begin, length, read_at(file.get(), *begin, std::min(length, kReadSize))};
}

}  // namespace

bool ends_in_unfinished_line(const std::string& name) {
    return descriptor_named(name) < 0 && find_unfinished_line(name).has_value();
}

Result<AppendFile> AppendFile::open(std::string name, std::string line_begin) {
    RUNNEL_TRY_ASSIGN(const NamedFile named, NamedFile::find(name));
    if (named.kind() != NamedFile::Kind::File) {
        RUNNEL_TRY_ASSIGN(UniqueFd opened, named.open_to_write());
        // No name, because only a regular file is repaired.
        return AppendFile(std::move(opened), std::string(), std::move(line_begin));
    }
    UniqueFd file(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file) {
        return system_error(ErrorClass::Sink, "", errno);
    }
    return AppendFile(std::move(file), std::move(name), std::move(line_begin));
}

AppendFile::AppendFile(UniqueFd file, std::string name, std::string line_begin)
    : file_(std::move(file)), name_(std::move(name)), line_begin_(std::move(line_begin)) {
    if (!name_.empty()) {
        share();
    }
}

Result<AppendFile::Tail> AppendFile::append(std::string_view lines) {
    const Tail tail = repair();
    std::string bytes = tail.repair == Tail::Repair::Ended ? "\n" : "";
    bytes += lines;
    const int error = write_all(file_.get(), bytes);
    if (error != 0) {
        static_cast<void>(repair());
        return system_error(ErrorClass::Sink, "", error);
    }
    return tail;
}

/// Removes an unfinished line at the end of the file if that is allowed. Returns Ended if the
/// caller has to end it by a newline.
AppendFile::Tail AppendFile::repair() {
    std::optional<UnfinishedLine> line = find_unfinished_line(name_, file_.get());
    if (!line) {
        return {};
    }
    // Without the lock, lines that another program appends meanwhile would be cut off.
    const bool alone = ::flock(file_.get(), LOCK_EX | LOCK_NB) == 0;
    line = find_unfinished_line(name_, file_.get());
    const bool removed = alone && line && begins_as_ours(line->head) &&
                         ::ftruncate(file_.get(), static_cast<off_t>(line->begin)) == 0;
    // A failed attempt to get the exclusive lock has given up the shared one.
    share();
    if (!line) {
        return {};
    }
    return {removed ? Tail::Repair::Removed : Tail::Repair::Ended, line->size};
}

bool AppendFile::begins_as_ours(std::string_view line) const {
    const std::string_view begin = std::string_view(line_begin_).substr(0, line.size());
    return line.starts_with(begin);
}

/// Takes the shared lock. Fails if another program holds the file exclusively, or the file system
/// has no locks.
void AppendFile::share() { static_cast<void>(::flock(file_.get(), LOCK_SH | LOCK_NB)); }

}  // namespace runnel
