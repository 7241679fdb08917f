#include "app/run/exec_command.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(StatusOfCommand, IsTheSameAsInAShell) {
    const auto status_of = [](int code) {
        return status_of_command(Error(ErrorClass::Sink, "cannot start", code));
    };
    EXPECT_EQ(status_of(ENOENT), ExitStatus::NotFound);
    EXPECT_EQ(status_of(EACCES), ExitStatus::NotExecutable);
    EXPECT_EQ(status_of(0), ExitStatus::BatchFailed);
}

}  // namespace
}  // namespace runnel
