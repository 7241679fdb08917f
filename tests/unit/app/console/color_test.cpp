#include "app/console/color.hpp"

#include <unistd.h>

#include <array>

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(Color, FollowsAlwaysAndNeverOnAnyDescriptor) {
    EXPECT_TRUE(is_colored(Color::Always, STDOUT_FILENO));
    EXPECT_FALSE(is_colored(Color::Never, STDOUT_FILENO));
}

TEST(Color, IsOffForAPipe) {
    std::array<int, 2> ends = {};
    ASSERT_EQ(::pipe(ends.data()), 0);
    EXPECT_FALSE(is_colored(Color::Auto, ends[1]));
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace runnel
