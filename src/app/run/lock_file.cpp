#include "app/run/lock_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include "base/system_error.hpp"

namespace runnel {

namespace {

Error cannot_lock(const std::string& option, const std::string& file, int problem) {
    return bad_input(fmt::format("{}: cannot lock {}: {}; name a writable file", option, file,
                                 system_message(problem)),
                     problem);
}

}  // namespace

Result<bool> LockFile::take(const std::string& file) {
    if (file.empty()) {
        return true;
    }
    UniqueFd opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!opened) {
        return cannot_lock(option_, file, errno);
    }
    if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? Result<bool>(false) : cannot_lock(option_, file, errno);
    }
    file_ = std::move(opened);
    return true;
}

void LockFile::outlive_exec() noexcept {
    if (file_) {
        ::fcntl(file_.get(), F_SETFD, 0);
    }
}

}  // namespace runnel
