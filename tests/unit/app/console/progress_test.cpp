#include "app/console/progress.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

Progress half_way() {
    Progress progress;
    progress.ended = 500;
    progress.failed = 2;
    progress.retries = 3;
    progress.in_flight = 50;
    progress.expected = 1000;
    return progress;
}

TEST(ProgressLine, HasABarIfTheTotalIsKnown) {
    EXPECT_EQ(progress_line(half_way(), 25, 20s, 100),
              "[###############---------------]  50%  500/1000  25/s  50 in flight  3 retries  2 "
              "failed  ETA 0:20");
}

TEST(ProgressLine, HasCountsOnlyIfTheTotalIsUnknown) {
    Progress progress = half_way();
    progress.expected.reset();
    EXPECT_EQ(progress_line(progress, 3.14, 3723s, 100),
              "500 done  3.1/s  50 in flight  3 retries  2 failed  1:02:03");
}

TEST(ProgressLine, IsFullOnlyAtTheEnd) {
    Progress progress = half_way();
    progress.ended = 999;
    EXPECT_TRUE(
        progress_line(progress, 25, 20s, 100).starts_with("[#############################-]  99%"));
    progress.ended = 1000;
    EXPECT_TRUE(
        progress_line(progress, 25, 20s, 100).starts_with("[##############################] 100%"));
    progress.ended = 1003;
    EXPECT_TRUE(progress_line(progress, 25, 20s, 100)
                    .starts_with("[##############################] 100%  1003/1003"))
        << "an estimate that was too low";
}

TEST(ProgressLine, HasNoTimeLeftWithoutARate) {
    EXPECT_TRUE(progress_line(half_way(), 0, 20s, 100).ends_with("  ETA -"));
}

TEST(ProgressLine, FitsIntoTheColumns) {
    for (std::size_t columns = 0; columns < 120; ++columns) {
        EXPECT_LT(progress_line(half_way(), 25, 20s, columns).size(),
                  std::max<std::size_t>(columns, 1));
    }
    EXPECT_TRUE(progress_line(half_way(), 25, 20s, 80).starts_with("[#####------]  50%"));
}

TEST(ProgressLine, IsFullForNoInputs) {
    Progress progress;
    progress.expected = 0;
    EXPECT_TRUE(progress_line(progress, 0, 0s, 100)
                    .starts_with("[##############################] 100%  0/0"));
}

}  // namespace
}  // namespace runnel
