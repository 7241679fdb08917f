#include "app/console/exit_status.hpp"

#include <array>
#include <csignal>

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(ExitStatus, IsTheMoreSevereOfTwo) {
    // From the least severe to the most severe.
    const std::array order = {ExitStatus::Success,       ExitStatus::Failed,
                              ExitStatus::NoAnswer,      ExitStatus::BatchFailed,
                              ExitStatus::NotExecutable, ExitStatus::Deadline,
                              ExitStatus::Internal,      ExitStatus::OutputFailed,
                              ExitStatus::ReaderGone,    ExitStatus::Terminated};
    for (std::size_t less = 0; less < order.size(); ++less) {
        for (std::size_t more = less; more < order.size(); ++more) {
            EXPECT_EQ(more_severe(order[less], order[more]), order[more]);
            EXPECT_EQ(more_severe(order[more], order[less]), order[more]);
        }
    }
}

TEST(ExitStatus, IsTheFirstOfTwoSignals) {
    EXPECT_EQ(more_severe(ExitStatus::Interrupted, ExitStatus::Terminated),
              ExitStatus::Interrupted);
    EXPECT_EQ(more_severe(ExitStatus::Hangup, ExitStatus::Interrupted), ExitStatus::Hangup);
}

TEST(ExitStatus, OfASignalIs128MoreThanItsNumber) {
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
        EXPECT_EQ(static_cast<int>(status_of_signal(signal)), 128 + signal);
    }
}

}  // namespace
}  // namespace runnel
