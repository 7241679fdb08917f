#include "io/standard_fds.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

#include <gtest/gtest.h>

namespace runnel {
namespace {

/// Closes the descriptors \a closed in a child process, calls prepare_standard_fds() there, and
/// returns the result of \a check, passed as the child's exit status.
template <class Check>
int in_child(std::initializer_list<int> closed, Check check) {
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int fd : closed) {
            ::close(fd);
        }
        ::_exit(check(prepare_standard_fds()));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool is_null_device(int fd, int access) {
    struct stat status = {};
    struct stat null = {};
    return ::fstat(fd, &status) == 0 && ::stat("/dev/null", &null) == 0 &&
           status.st_rdev == null.st_rdev && S_ISCHR(status.st_mode) &&
           (::fcntl(fd, F_GETFL) & O_ACCMODE) == access && ::fcntl(fd, F_GETFD) == 0;
}

int bits_of(const StandardFds& fds) {
    return (fds.stdin_was_closed ? 1 : 0) | (fds.stdout_was_closed ? 2 : 0) |
           (fds.stderr_was_closed ? 4 : 0);
}

TEST(StandardFds, ReportsWhichWereClosed) {
    EXPECT_EQ(in_child({}, bits_of), 0);
    EXPECT_EQ(in_child({0}, bits_of), 1);
    EXPECT_EQ(in_child({1}, bits_of), 2);
    EXPECT_EQ(in_child({2}, bits_of), 4);
    EXPECT_EQ(in_child({0, 1, 2}, bits_of), 7);
}

TEST(StandardFds, OpensTheNullDeviceForClosedOnes) {
    const auto check = [](const StandardFds& /*fds*/) {
        char byte = 0;
        const bool filled = is_null_device(0, O_RDONLY) && is_null_device(1, O_WRONLY) &&
                            is_null_device(2, O_WRONLY);
        return filled && ::read(0, &byte, 1) == 0 && ::write(1, "x", 1) == 1 ? 0 : 1;
    };
    EXPECT_EQ(in_child({0, 1, 2}, check), 0);
}

bool same_file(int fd, const struct stat& before) {
    struct stat now = {};
    return ::fstat(fd, &now) == 0 && now.st_dev == before.st_dev && now.st_ino == before.st_ino;
}

TEST(StandardFds, LeavesOpenOnesAlone) {
    struct stat in = {};
    struct stat err = {};
    ASSERT_EQ(::fstat(0, &in), 0);
    ASSERT_EQ(::fstat(2, &err), 0);
    const auto check = [&](const StandardFds& /*fds*/) {
        return same_file(0, in) && same_file(2, err) ? 0 : 1;
    };
    EXPECT_EQ(in_child({1}, check), 0);
}

TEST(StandardFds, IgnoresSigpipe) {
    const auto check = [](const StandardFds& /*fds*/) {
        struct sigaction action = {};
        ::sigaction(SIGPIPE, nullptr, &action);
        return action.sa_handler == SIG_IGN ? 0 : 1;
    };
    EXPECT_EQ(in_child({}, check), 0);
}

}  // namespace
}  // namespace runnel
