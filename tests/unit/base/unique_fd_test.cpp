#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

namespace runnel {
namespace {

int open_something() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(UniqueFd, IsEmptyByDefault) {
    UniqueFd fd;
    EXPECT_FALSE(fd);
    EXPECT_EQ(fd.get(), -1);
    fd.reset();
}

TEST(UniqueFd, ClosesWhenItDies) {
    const int number = open_something();
    {
        const UniqueFd fd(number);
        EXPECT_TRUE(fd);
        EXPECT_EQ(fd.get(), number);
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, OwnsDescriptorZero) {
    UniqueFd fd(0);
    EXPECT_TRUE(fd);
    EXPECT_EQ(fd.release(), 0);
}

TEST(UniqueFd, ResetClosesAtOnceAndOnlyOnce) {
    const int number = open_something();
    UniqueFd fd(number);
    fd.reset();
    EXPECT_FALSE(fd);
    EXPECT_FALSE(is_open(number));
    const UniqueFd reused(open_something());
    EXPECT_EQ(reused.get(), number) << "the lowest free number is given out again";
    fd.reset();
    EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, ReleaseLeavesTheDescriptorOpen) {
    UniqueFd fd(open_something());
    const int number = fd.release();
    EXPECT_FALSE(fd);
    fd.reset();
    EXPECT_TRUE(is_open(number));
    ::close(number);
}

TEST(UniqueFd, MovingLeavesTheSourceEmpty) {
    UniqueFd first(open_something());
    const int number = first.get();
    UniqueFd second(std::move(first));
    EXPECT_EQ(first.get(), -1);
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, AssigningClosesWhatItOwnedBefore) {
    UniqueFd first(open_something());
    UniqueFd second(open_something());
    const int old = first.get();
    const int kept = second.get();
    first = std::move(second);
    EXPECT_FALSE(is_open(old));
    EXPECT_TRUE(is_open(kept));
    EXPECT_EQ(first.get(), kept);
}

TEST(UniqueFd, AssigningToItselfKeepsIt) {
    UniqueFd fd(open_something());
    UniqueFd& same = fd;
    fd = std::move(same);
    EXPECT_TRUE(is_open(fd.get()));
}

}  // namespace
}  // namespace runnel
