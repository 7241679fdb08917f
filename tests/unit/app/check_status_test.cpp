#include "app/check_status.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

int of(CheckFormat format, ExitStatus status, std::optional<int> plugin = std::nullopt) {
    return static_cast<int>(status_for(format, status, plugin));
}

int usage(const std::vector<std::string>& arguments) {
    return static_cast<int>(usage_status(arguments));
}

TEST(CheckStatus, IsTheStatusItselfForMostFormats) {
    EXPECT_EQ(of(CheckFormat::Text, ExitStatus::Deadline, 2), 124);
    EXPECT_EQ(of(CheckFormat::Json, ExitStatus::Failed, 2), 1);
}

TEST(CheckStatus, IsZeroOrOneForDocker) {
    EXPECT_EQ(of(CheckFormat::Docker, ExitStatus::Success), 0);
    for (const ExitStatus status : {ExitStatus::Failed, ExitStatus::Usage, ExitStatus::Deadline,
                                    ExitStatus::OutputFailed, ExitStatus::Terminated}) {
        EXPECT_EQ(of(CheckFormat::Docker, status, 3), 1);
    }
}

TEST(CheckStatus, IsThePluginsForAMonitoringSystemOrUnknown) {
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Success, 1), 1);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Failed, 2), 2);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Deadline, 2), 2);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Success), 3);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Usage), 3);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Terminated, 0), 3);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::LockHeld, 0), 3);
}

TEST(CheckStatus, OfBadArgumentsIsForWhomTheyWereMeant) {
    EXPECT_EQ(usage({"check", "--format", "docker", "--bad"}), 1);
    EXPECT_EQ(usage({"check", "--format=nagios", "--bad"}), 3);
    EXPECT_EQ(usage({"check", "--format", "docker", "--format=nagios"}), 3);
    EXPECT_EQ(usage({"check", "--bad"}), 2);
    EXPECT_EQ(usage({"check", "--bad", "--", "--format=nagios"}), 2);
    EXPECT_EQ(usage({"check", "--format"}), 2);
    EXPECT_EQ(usage({"fetch", "--format", "docker"}), 2);
    EXPECT_EQ(usage({}), 2);
}

}  // namespace
}  // namespace runnel
