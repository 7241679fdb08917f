#include "pipeline/limit_changes.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

TEST(LimitChanges, CountsAllAndKeepsTheLatest) {
    LimitChanges changes;
    const TimePoint start;
    for (std::size_t i = 1; i <= 40; ++i) {
        changes.add(start + i * 1s, "http://a:80", i, i + 1);
    }
    changes.add(start + 41s, "http://a:80", 41, 20);
    EXPECT_EQ(changes.raised(), 40U);
    EXPECT_EQ(changes.lowered(), 1U);
    ASSERT_EQ(changes.latest().size(), LimitChanges::kMaxLatest);
    EXPECT_EQ(changes.latest().front().at, start + 10s);
    EXPECT_EQ(changes.latest().back().limit, 20U);
}

}  // namespace
}  // namespace runnel
