#include "app/batch/command_verdict.hpp"

#include <cerrno>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

Error failed_with(int code) { return Error(ErrorClass::Sink, "no start", code); }

TEST(CommandVerdict, RejectsLinesThatACommandCannotBeGiven) {
    const Result<Verdict> bad = verdict_of_failure(Error(ErrorClass::BadInput, "a NUL"));
    EXPECT_EQ(bad->kind(), Verdict::Kind::Rejected);
    EXPECT_EQ(bad->reason(), "a NUL");
    EXPECT_EQ(verdict_of_failure(failed_with(E2BIG))->kind(), Verdict::Kind::Rejected);
}

TEST(CommandVerdict, KnowsWhatAnExitStatusSays) {
    const std::vector<std::tuple<ProcessEnding, Verdict::Kind, bool>> table = {
        {ProcessEnding(0, 0), Verdict::Kind::Failed, false},
        {ProcessEnding(1, 0), Verdict::Kind::Failed, false},
        {ProcessEnding(65, 0), Verdict::Kind::Rejected, true},
        {ProcessEnding(75, 0), Verdict::Kind::NotNow, true},
        {ProcessEnding(0, 9), Verdict::Kind::Failed, false},
    };
    for (const auto& [ending, kind, says_something] : table) {
        EXPECT_EQ(verdict_of(ending, "why").kind(), kind) << ending.to_string();
        EXPECT_EQ(verdict_of(ending, "why").reason(), "why");
        EXPECT_EQ(is_verdict(ending), says_something) << ending.to_string();
    }
}

TEST(CommandVerdict, FailsForTransientReasons) {
    for (const int code : {0, ETXTBSY}) {
        const Result<Verdict> verdict = verdict_of_failure(failed_with(code));
        ASSERT_TRUE(verdict.ok()) << code;
        EXPECT_EQ(verdict->kind(), Verdict::Kind::Failed);
        EXPECT_EQ(verdict->reason(), "no start");
    }
}

TEST(CommandVerdict, KnowsThatTheSystemHasNoRoom) {
    for (const int code : {EAGAIN, ENOMEM, EMFILE, ENFILE}) {
        EXPECT_EQ(verdict_of_failure(failed_with(code))->kind(), Verdict::Kind::NoRoom) << code;
    }
    EXPECT_EQ(verdict_of_failure(failed_with(EMFILE))->reason(), "no start (see ulimit -n)");
}

TEST(CommandVerdict, IsAnErrorIfTheCommandCannotBeRun) {
    for (const int code : {ENOENT, EACCES, EPERM, ENOTDIR, ELOOP}) {
        EXPECT_FALSE(verdict_of_failure(failed_with(code)).ok()) << code;
    }
}

}  // namespace
}  // namespace runnel
