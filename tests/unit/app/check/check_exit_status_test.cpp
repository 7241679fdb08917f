#include "app/check/check_exit_status.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/check/check_options.hpp"
#include "app/cli/command_line.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

int of(CheckFormat format, ExitStatus status, std::optional<int> plugin = std::nullopt) {
    return static_cast<int>(status_for(format, status, plugin));
}

int run_nothing(const CheckOptions&, Log&, TimePoint) { return 0; }

constexpr CommandEntry kCommands[] = {
    {"check", "", "", "", {}, make_command<CheckOptions, describe_check, run_nothing>},
};

/// The exit status when \a status ends the run of \a arguments before it begins.
ExitStatus status_of(const std::vector<std::string>& arguments, ExitStatus status,
                     const char* variable = nullptr) {
    const char* const environment[] = {variable, nullptr};
    const CommandLine line = parse_command_line(kCommands, arguments, environment);
    return line.command ? line.command->status_before_run(status) : status;
}

int usage(const std::vector<std::string>& arguments, const char* variable = nullptr) {
    return static_cast<int>(status_of(arguments, ExitStatus::Usage, variable));
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
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Terminated), 3);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::Terminated, 0), 0) << "whole within the grace";
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::OutputFailed, 0), 3);
    EXPECT_EQ(of(CheckFormat::Nagios, ExitStatus::LockHeld, 0), 3);
}

TEST(CheckStatus, OfBadArgumentsIsForTheFormatThatTheyAskFor) {
    EXPECT_EQ(usage({"check", "--format", "docker", "--bad"}), 1);
    EXPECT_EQ(usage({"check", "--format=nagios", "--bad"}), 3);
    EXPECT_EQ(usage({"check", "--format", "docker", "--format=nagios"}), 3);
    EXPECT_EQ(usage({"check", "--bad"}), 2);
    EXPECT_EQ(usage({"check", "--bad", "--", "--format=nagios"}), 2);
    EXPECT_EQ(usage({"check", "--format"}), 2);
    EXPECT_EQ(usage({}), 2);
}

TEST(CheckStatus, OfBadArgumentsIsForTheFormatOfTheSettings) {
    const test::TemporaryFolder folder;
    const auto with = [&folder](const std::string& toml) {
        folder.put("a.toml", toml);
        return std::vector<std::string>{"check", "--config", folder.path("a.toml"), "--bad"};
    };
    EXPECT_EQ(usage({"check", "--bad"}, "RUNNEL_CHECK_FORMAT=docker"), 1);
    EXPECT_EQ(usage({"check", "--bad"}, "RUNNEL_CHECK_FORMATS=docker"), 2);
    EXPECT_EQ(usage({"check", "--format=text", "--bad"}, "RUNNEL_CHECK_FORMAT=docker"), 2);
    EXPECT_EQ(usage(with("[check]\nformat = 'nagios'")), 3);
    EXPECT_EQ(usage(with("[check]\nbad = 1\nformat = 'nagios'\n[none]\n")), 3);
    EXPECT_EQ(usage(with("[check]\nformat = 'nagios'"), "RUNNEL_CHECK_FORMAT=docker"), 1);
    EXPECT_EQ(usage(with("[check]\nformat = 7")), 2);
    EXPECT_EQ(usage(with("[check")), 2);
    EXPECT_EQ(usage({"check", "--config", folder.path("none.toml")}), 2);
}

TEST(CheckStatus, OfARunThatDoesNotBeginIsForItsFormat) {
    const ExitStatus failed = ExitStatus::OutputFailed;
    EXPECT_EQ(status_of({"check", "--format", "docker"}, failed), ExitStatus::Failed);
    EXPECT_EQ(status_of({"check", "--format", "json"}, failed), failed);
}

}  // namespace
}  // namespace runnel
