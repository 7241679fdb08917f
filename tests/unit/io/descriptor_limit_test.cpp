#include "io/descriptor_limit.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "async/gather.hpp"
#include "base/unique_fd.hpp"
#include "io/process.hpp"
#include "support/byte_streams.hpp"

namespace runnel {
namespace {

rlimit limit_now() {
    rlimit limit = {};
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit;
}

/// Lowers the soft limit below the hard one until the end of the test.
class DescriptorLimit : public testing::Test {
protected:
    static constexpr rlim_t kLow = 100;

    DescriptorLimit() : before_(limit_now()) {
        rlimit low = before_;
        low.rlim_cur = kLow;
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    }
    ~DescriptorLimit() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

    [[nodiscard]] rlim_t most() const { return before_.rlim_max; }

private:
    rlimit before_;
};

TEST_F(DescriptorLimit, IsRaisedToTheHardLimit) {
    raise_descriptor_limit();
    EXPECT_EQ(limit_now().rlim_cur, most());
    raise_descriptor_limit();
    EXPECT_EQ(limit_now().rlim_cur, most());
}

TEST_F(DescriptorLimit, CountsOpenDescriptors) {
    const std::size_t left = raise_descriptor_limit();
    EXPECT_LT(left, most());
    const UniqueFd one(::dup(STDERR_FILENO));
    EXPECT_EQ(raise_descriptor_limit(), left - 1);
}

TEST_F(DescriptorLimit, IsRestored) {
    raise_descriptor_limit();
    raise_descriptor_limit();
    restore_descriptor_limit(0);
    EXPECT_EQ(limit_now().rlim_cur, kLow);
    EXPECT_EQ(limit_now().rlim_max, most());
}

TEST_F(DescriptorLimit, IsRestoredInAChild) {
    raise_descriptor_limit();
    Loop loop;
    ProcessOptions options({"/bin/sh", "-c", "read begin; ulimit -Sn"});
    options.in = Stdio::pipe();
    options.out = Stdio::pipe();
    const Result<std::unique_ptr<Process>> process = Process::start(loop, options);
    ASSERT_TRUE(process.ok());
    ASSERT_TRUE(run(loop, (*process)->in().write(std::string("begin\n"))).ok());
    const auto all = run(loop, gather(test::take_all((*process)->out()), (*process)->wait()));
    EXPECT_EQ(std::get<0>(all), std::to_string(kLow) + "\n");
    EXPECT_EQ(limit_now().rlim_cur, most());
}

}  // namespace
}  // namespace runnel
