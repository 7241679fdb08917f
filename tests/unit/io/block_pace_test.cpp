#include "io/block_pace.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

TEST(BlockPace, FollowsTheTimeOfTheLastBlock) {
    BlockPace pace(8);
    EXPECT_EQ(pace.lines(), 1U);
    const struct {
        std::size_t lines;
        Duration took;
        std::size_t next;
    } table[] = {{1, 5ms, 2},  {2, 1ms, 4}, {4, 6ms, 4}, {3, 1ms, 4}, {4, 20ms, 4},
                 {4, 21ms, 2}, {2, 0ms, 4}, {4, 0ms, 8}, {8, 0ms, 8}, {1, 1s, 4},
                 {4, 1s, 2},   {2, 1s, 1},  {1, 1s, 1}};
    for (const auto& [lines, took, next] : table) {
        pace.record(lines, took);
        EXPECT_EQ(pace.lines(), next) << lines << " lines in " << took.count() << " ns";
    }
}

}  // namespace
}  // namespace runnel
