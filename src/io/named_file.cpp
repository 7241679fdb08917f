#include "io/named_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/read_file.hpp"
#include "base/system_error.hpp"
#include "io/directory.hpp"

namespace runnel {

namespace {

namespace fs = std::filesystem;

/// Maximum number of links that are followed, as in the kernel.
constexpr int kMaxLinks = 40;
/// Minimum number of a duplicated descriptor, so that it is never a standard one.
constexpr int kFirstDescriptor = 3;

std::optional<int> number_of(std::string_view text) {
    int number = -1;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stopped == end && number >= 0 ? std::optional(number)
                                                                 : std::nullopt;
}

/// Returns the descriptor for the usual names, which need no /proc.
std::optional<int> well_known(std::string_view name) {
    constexpr std::string_view kNumbered = "/dev/fd/";
    if (name == "/dev/stdin" || name == "/dev/stdout" || name == "/dev/stderr") {
        return name == "/dev/stdin"    ? STDIN_FILENO
               : name == "/dev/stdout" ? STDOUT_FILENO
                                       : STDERR_FILENO;
    }
    return name.starts_with(kNumbered) ? number_of(name.substr(kNumbered.size())) : std::nullopt;
}

/// Whether \a folder, without links, holds the descriptors of a process.
bool holds_descriptors(const fs::path& folder) {
    return folder.filename() == "fd" && folder.native().starts_with("/proc/");
}

bool is_own(const fs::path& folder) {
    return folder == fmt::format("/proc/{}/fd", ::getpid()) ||
           folder.native().starts_with(fmt::format("/proc/{}/task/", ::getpid()));
}

/// Returns \a path with its folder free of links; the last name may be a link.
fs::path with_real_folder(const fs::path& path, std::error_code& error) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    return fs::weakly_canonical(fs::absolute(folder, error), error) / path.filename();
}

/// Opens \a path for writing. Waits for the reader of a FIFO, for at most the ReadLimit of the
/// thread.
Result<UniqueFd> open_stream(const std::string& path) {
    constexpr int kAccess = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY;
    constexpr std::chrono::milliseconds kPause(20);
    ReadLimit* const limit = ReadLimit::current();
    const int unblocked = limit != nullptr ? O_NONBLOCK : 0;
    for (;;) {
        UniqueFd file(::open(path.c_str(), kAccess | unblocked));
        const int code = errno;
        if (file && (limit == nullptr || ::fcntl(file.get(), F_SETFL, O_APPEND) == 0)) {
            return file;
        }
        if (limit == nullptr || code != ENXIO) {
            return system_error(ErrorClass::Sink, "", code);
        }
        RUNNEL_TRY(limit->pause(kPause, "no process reads it"));
    }
}

bool is_stream(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

}  // namespace

NamedFile NamedFile::of_descriptor(int descriptor) {
    NamedFile file;
    file.kind_ = Kind::Descriptor;
    file.descriptor_ = descriptor;
    return file;
}

/// Fails with EBADF for a descriptor that this program has opened itself, all of which close on
/// exec: its user cannot mean it.
Result<NamedFile> NamedFile::inherited(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFD);
    if (descriptor > STDERR_FILENO && flags >= 0 && (flags & FD_CLOEXEC) != 0) {
        return system_error(ErrorClass::Sink, "", EBADF);
    }
    return of_descriptor(descriptor);
}

Result<NamedFile> NamedFile::find(const std::string& name) {
    fs::path path = name;
    std::error_code error;
    for (int links = 0; links <= kMaxLinks; ++links) {
        if (const std::optional<int> number = well_known(path.native())) {
            return inherited(*number);
        }
        path = with_real_folder(path, error);
        if (error) {
            return Error(ErrorClass::Sink, error.message(), error.value());
        }
        // A link in the folder of descriptors need not be the name of a file: `pipe:[1234]`.
        const bool descriptor = holds_descriptors(path.parent_path());
        const std::optional<int> number = number_of(path.filename().native());
        if (descriptor && number && is_own(path.parent_path())) {
            return inherited(*number);
        }
        if (descriptor || !fs::is_symlink(fs::symlink_status(path, error))) {
            NamedFile file;
            file.path_ = path.native();
            file.kind_ = descriptor || is_stream(file.path_) ? Kind::Stream : Kind::File;
            return file;
        }
        path = path.parent_path() / fs::read_symlink(path, error);
        if (error) {
            return Error(ErrorClass::Sink, error.message(), error.value());
        }
    }
    return system_error(ErrorClass::Sink, "", ELOOP);
}

bool NamedFile::same_file_as(const NamedFile& other) const {
    const auto look = [](const NamedFile& file, struct stat& found) {
        return (file.kind_ == Kind::Descriptor ? ::fstat(file.descriptor_, &found)
                                               : ::stat(file.path_.c_str(), &found)) == 0;
    };
    struct stat mine {};
    struct stat theirs {};
    const bool here = look(*this, mine);
    if (here != look(other, theirs)) {
        return false;
    }
    if (!here) {
        return kind_ == Kind::File && other.kind_ == Kind::File && path_ == other.path_;
    }
    return S_ISREG(mine.st_mode) && mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
}

Result<UniqueFd> NamedFile::open_to_write() const {
    if (kind_ != Kind::Descriptor) {
        return open_stream(path_);
    }
    UniqueFd file(::fcntl(descriptor_, F_DUPFD_CLOEXEC, kFirstDescriptor));
    return file ? Result<UniqueFd>(std::move(file)) : system_error(ErrorClass::Sink, "", errno);
}

Result<bool> NamedFile::exists() const {
    const fs::path path = path_;
    const Result<Directory> folder = Directory::open(path.parent_path());
    return folder ? folder->has(path.filename().native()) : folder.error();
}

Result<AtomicFile> NamedFile::create(AtomicFile::Access access) const {
    RUNNEL_TRY(exists());
    const fs::path path = path_;
    RUNNEL_TRY_ASSIGN(const Directory folder, Directory::open(path.parent_path()));
    return folder.create(path.filename().native(), access);
}

int descriptor_named(const std::string& name) {
    const Result<NamedFile> file = NamedFile::find(name);
    return file ? file->descriptor() : -1;
}

}  // namespace runnel
