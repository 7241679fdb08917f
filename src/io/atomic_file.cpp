#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "base/system_error.hpp"
#include "base/write_all.hpp"
#include "io/system_calls.hpp"

namespace runnel {

namespace {

std::atomic<std::uint64_t> temporary_names = 0;

/// Calls \a make with temporary names until one is free, and stores that in \a kept. Both return 0
/// or an errno.
template <class Make>
int with_free_name(std::string& kept, const Make& make) {
    for (;;) {
        std::string name = fmt::format(".runnel.{}.{}", ::getpid(), ++temporary_names);
        const int error = make(name.c_str());
        if (error == 0) {
            kept = std::move(name);
        }
        if (error != EEXIST) {
            return error;
        }
    }
}

}  // namespace

int sync_folder(int folder) noexcept { return ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno; }

Result<bool> occupied(int folder, const std::string& name) {
    struct stat found {};
    if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? Result<bool>(false) : system_error(ErrorClass::Sink, "", errno);
    }
    if (S_ISDIR(found.st_mode)) {
        return system_error(ErrorClass::Sink, "", EISDIR);
    }
    if (!S_ISREG(found.st_mode) && !S_ISLNK(found.st_mode)) {
        return Error(ErrorClass::Sink, "a device, pipe or socket is not replaced", EEXIST);
    }
    return true;
}

Result<AtomicFile> AtomicFile::create(UniqueFd folder, std::string name, Access access,
                                      Temporary temporary) {
    const mode_t permissions = access == Access::Owner ? 0600 : 0666;
    AtomicFile made(std::move(folder), std::move(name));
    int error = temporary == Temporary::Unnamed ? made.make_unnamed(permissions) : EOPNOTSUPP;
    if (error == EOPNOTSUPP || error == EISDIR) {
        error = made.make_named(permissions);
    }
    if (error != 0) {
        return system_error(ErrorClass::Sink, "", error);
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

int AtomicFile::make_unnamed(mode_t permissions) {
    file_ = system_calls::open_unnamed(folder_.get(), ".", O_RDWR, permissions);
    if (!file_) {
        return errno;
    }
    return system_calls::can_link(file_) ? 0 : EOPNOTSUPP;
}

int AtomicFile::make_named(mode_t permissions) {
    return with_free_name(temporary_name_, [this, permissions](const char* name) {
        constexpr int kNew = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
        file_ = UniqueFd(::openat(folder_.get(), name, kNew, permissions));
        return file_ ? 0 : errno;
    });
}

int AtomicFile::give_temporary_name() {
    return with_free_name(temporary_name_, [this](const char* name) {
        return system_calls::link_unnamed(file_, folder_.get(), name);
    });
}

/// Takes over the permissions of the file that will be replaced, if there is one.
int AtomicFile::copy_permissions() {
    constexpr mode_t kPermissions = S_IRWXU | S_IRWXG | S_IRWXO;
    struct stat old {};
    struct stat ours {};
    if (::fstatat(folder_.get(), name_.c_str(), &old, AT_SYMLINK_NOFOLLOW) != 0 ||
        ::fstat(file_.get(), &ours) != 0) {
        return errno == ENOENT ? 0 : errno;
    }
    const mode_t differ = (old.st_mode ^ ours.st_mode) & kPermissions;
    // They never differ on a file system without permissions, where fchmod() would fail.
    if (!S_ISREG(old.st_mode) || differ == 0) {
        return 0;
    }
    return ::fchmod(file_.get(), old.st_mode & kPermissions) == 0 ? 0 : errno;
}

int AtomicFile::rename(Existing existing) {
    const char* const from = temporary_name_.c_str();
    const char* const to = name_.c_str();
    int error = EINVAL;
    if (existing == Existing::Keep) {
        error = system_calls::rename_to_new(folder_.get(), from, to);
    }
    // EINVAL: an existing file is to be replaced, or the file system cannot refuse to replace one;
    // then publish() has checked the name before.
    if (error == EINVAL) {
        error = ::renameat(folder_.get(), from, folder_.get(), to) == 0 ? 0 : errno;
    }
    if (error == 0) {
        temporary_name_.clear();
    }
    return error;
}

Result<void> AtomicFile::write(std::string_view bytes) {
    const int error = write_all(file_.get(), bytes);
    return error == 0 ? Result<void>() : system_error(ErrorClass::Sink, "", error);
}

Result<bool> AtomicFile::publish(Existing existing) {
    RUNNEL_TRY_ASSIGN(const bool exists, occupied(folder_.get(), name_));
    if (exists && existing == Existing::Keep) {
        return false;
    }
    int error = exists ? copy_permissions() : 0;
    if (error == 0 && ::fsync(file_.get()) != 0) {
        error = errno;
    }
    error = error == 0 && temporary_name_.empty() ? give_temporary_name() : error;
    error = error == 0 ? rename(existing) : error;
    if (error == EEXIST && existing == Existing::Keep) {
        return false;
    }
    error = error == 0 ? sync_folder(folder_.get()) : error;
    return error == 0 ? Result<bool>(true) : system_error(ErrorClass::Sink, "", error);
}

}  // namespace runnel
