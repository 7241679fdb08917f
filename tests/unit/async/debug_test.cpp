#include "async/debug.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace runnel {
namespace {

/// Debugging on, and its findings here, while it lives.
class Findings {
public:
    Findings() {
        debug::report_to([this](std::string_view finding) { all_.emplace_back(finding); });
        debug::enable();
    }
    ~Findings() {
        debug::enable(false);
        debug::report_to(nullptr);
    }
    Findings(const Findings&) = delete;
    Findings& operator=(const Findings&) = delete;

    [[nodiscard]] const std::vector<std::string>& all() const noexcept { return all_; }

private:
    std::vector<std::string> all_;
};

SourcePlace place_of_caller(SourcePlace made = SourcePlace::here()) { return made; }

TEST(Debug, SaysNothingWhileItIsOff) {
    const Findings findings;
    debug::enable(false);
    debug::report("not wanted");
    EXPECT_TRUE(findings.all().empty());
}

TEST(Debug, TellsWhatFailedUnseenAndWhereItCameFrom) {
    const Findings findings;
    const int line = __LINE__ + 1;
    const SourcePlace made = place_of_caller();
    debug::report_unseen(std::make_exception_ptr(std::runtime_error("no more disks")), made);
    ASSERT_EQ(findings.all().size(), 1U);
    EXPECT_EQ(findings.all().front(),
              "nobody looked at the failure of the task from debug_test.cpp:" +
                  std::to_string(line) + " (TestBody): no more disks");
}

TEST(Debug, DescribesWhatIsNoStdException) {
    EXPECT_EQ(debug::describe(std::make_exception_ptr(7)),
              "an exception that is no std::exception");
}

}  // namespace
}  // namespace runnel
