#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/write_all.hpp"

namespace runnel {

namespace {

Error failure(int code) {
    return Error(ErrorClass::Sink, std::generic_category().message(code), code);
}

std::string by_descriptor(const UniqueFd& file) {
    return fmt::format("/proc/self/fd/{}", file.get());
}

/// One that this process has not used. Somebody else may have.
std::string next_temporary_name() {
    static std::atomic<std::uint64_t> count = 0;
    return fmt::format(".runnel.{}.{}", ::getpid(), ++count);
}

/// Calls \a make with one name after another, until there is nothing else of that name. Gives 0 or
/// an errno, and keeps the name.
template <class Make>
int with_free_name(std::string& kept, const Make& make) {
    for (;;) {
        std::string name = next_temporary_name();
        if (make(name.c_str())) {
            kept = std::move(name);
            return 0;
        }
        if (errno != EEXIST) {
            return errno;
        }
    }
}

}  // namespace

int sync_folder(int folder) noexcept { return ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno; }

Result<bool> occupied(int folder, const std::string& name) {
    struct stat found {};
    if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? Result<bool>(false) : failure(errno);
    }
    if (S_ISDIR(found.st_mode)) {
        return failure(EISDIR);
    }
    if (!S_ISREG(found.st_mode) && !S_ISLNK(found.st_mode)) {
        return Error(ErrorClass::Sink, "a device, pipe or socket is not replaced", EEXIST);
    }
    return true;
}

Result<AtomicFile> AtomicFile::create(UniqueFd folder, std::string name, Temporary temporary) {
    AtomicFile made(std::move(folder), std::move(name));
    int error = temporary == Temporary::Unnamed ? made.make_unnamed() : EOPNOTSUPP;
    if (error == EOPNOTSUPP || error == EISDIR) {
        error = made.make_named();
    }
    if (error != 0) {
        return failure(error);
    }
    return made;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      name_(std::move(other.name_)),
      file_(std::move(other.file_)),
      temporary_name_(std::exchange(other.temporary_name_, std::string())) {}

AtomicFile::~AtomicFile() {
    if (!temporary_name_.empty()) {
        ::unlinkat(folder_.get(), temporary_name_.c_str(), 0);
    }
}

int AtomicFile::make_unnamed() {
    file_ = UniqueFd(::openat(folder_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
    if (!file_) {
        return errno;
    }
    // It gets its name by way of /proc.
    return ::access(by_descriptor(file_).c_str(), F_OK) == 0 ? 0 : EOPNOTSUPP;
}

int AtomicFile::make_named() {
    return with_free_name(temporary_name_, [this](const char* name) {
        constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
        file_ = UniqueFd(::openat(folder_.get(), name, kNew, 0666));
        return static_cast<bool>(file_);
    });
}

int AtomicFile::give_temporary_name() {
    const std::string unnamed = by_descriptor(file_);
    return with_free_name(temporary_name_, [&](const char* name) {
        return ::linkat(AT_FDCWD, unnamed.c_str(), folder_.get(), name, AT_SYMLINK_FOLLOW) == 0;
    });
}

/// Those of the file that is going to be replaced, if it is one.
int AtomicFile::take_permissions() {
    constexpr mode_t kPermissions = S_IRWXU | S_IRWXG | S_IRWXO;
    struct stat old {};
    struct stat ours {};
    if (::fstatat(folder_.get(), name_.c_str(), &old, AT_SYMLINK_NOFOLLOW) != 0 ||
        ::fstat(file_.get(), &ours) != 0) {
        return errno == ENOENT ? 0 : errno;
    }
    const mode_t differ = (old.st_mode ^ ours.st_mode) & kPermissions;
    if (!S_ISREG(old.st_mode) || differ == 0) {
        return 0;  // as always where a file system knows no permissions
    }
    return ::fchmod(file_.get(), old.st_mode & kPermissions) == 0 ? 0 : errno;
}

int AtomicFile::rename(Existing existing) {
    const char* const from = temporary_name_.c_str();
    const char* const to = name_.c_str();
    const unsigned flags = existing == Existing::Keep ? RENAME_NOREPLACE : 0;
    int done = ::renameat2(folder_.get(), from, folder_.get(), to, flags);
    if (done != 0 && errno == EINVAL) {
        // Not every file system can promise that: then it is as it was when it was looked at.
        done = ::renameat(folder_.get(), from, folder_.get(), to);
    }
    if (done != 0) {
        return errno;
    }
    temporary_name_.clear();
    return 0;
}

Result<void> AtomicFile::write(std::string_view bytes) {
    const int error = write_all(file_.get(), bytes);
    return error != 0 ? Result<void>(failure(error)) : Result<void>();
}

Result<bool> AtomicFile::publish(Existing existing) {
    Result<bool> there = occupied(folder_.get(), name_);
    if (!there || (*there && existing == Existing::Keep)) {
        return there ? Result<bool>(false) : std::move(there);
    }
    int error = *there ? take_permissions() : 0;
    if (error == 0 && ::fsync(file_.get()) != 0) {
        error = errno;
    }
    error = error == 0 && temporary_name_.empty() ? give_temporary_name() : error;
    error = error == 0 ? rename(existing) : error;
    if (error == EEXIST && existing == Existing::Keep) {
        return false;
    }
    error = error == 0 ? sync_folder(folder_.get()) : error;
    return error == 0 ? Result<bool>(true) : failure(error);
}

}  // namespace runnel
