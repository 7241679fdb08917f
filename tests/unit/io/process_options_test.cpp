#include "io/process_options.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_literals;

std::string problem_of(const ProcessOptions& options) {
    const std::optional<Error> problem = options.problem();
    if (!problem) {
        return "none";
    }
    EXPECT_EQ(problem->error_class(), ErrorClass::BadInput);
    return problem->message();
}

TEST(ProcessOptions, HaveNoProblem) {
    ProcessOptions options({"jq", "-c", "."});
    options.environment = {{"A", ""}, {"B", "x=y"}};
    EXPECT_EQ(problem_of(options), "none");
}

TEST(ProcessOptions, NeedACommand) {
    EXPECT_EQ(problem_of(ProcessOptions()), "no command is given");
    EXPECT_EQ(problem_of(ProcessOptions({"", "x"})), "no command is given");
}

TEST(ProcessOptions, RefuseWhatTheSystemWouldCutOff) {
    EXPECT_EQ(problem_of(ProcessOptions({"jq", "a\0b"s})), "jq: an argument holds a NUL");
    EXPECT_EQ(problem_of(ProcessOptions({"jq\0x"s})), "jq: an argument holds a NUL");
    ProcessOptions options({"jq"});
    options.working_directory = "/tmp\0x"s;
    EXPECT_EQ(problem_of(options), "jq: the working directory holds a NUL");
    options.working_directory.clear();
    options.environment = {{"TOKEN", "secret\0x"s}};
    EXPECT_EQ(problem_of(options), "jq: the variable TOKEN holds a NUL");
}

TEST(ProcessOptions, RefuseANameThatIsNone) {
    for (const std::string& name : {""s, "A=B"s, "A\0B"s}) {
        ProcessOptions options({"jq"});
        options.environment = {{name, "x"}};
        EXPECT_NE(problem_of(options).find("is no name of a variable"), std::string::npos);
    }
}

TEST(ProcessOptions, LeaveTheEnvironmentAloneUnlessTold) {
    EXPECT_FALSE(ProcessOptions({"jq"}).variables());
}

TEST(ProcessOptions, AddAndReplaceVariables) {
    ProcessOptions options({"jq"});
    options.environment = {{"PATH", "/none"}, {"PATH2", "one"}, {"PATH2", "two"}};
    const std::vector<std::string> all = *options.variables();
    EXPECT_GT(all.size(), 2U);
    EXPECT_EQ(std::count(all.begin(), all.end(), "PATH=/none"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "PATH2=two"), 1);
    const auto is_path = [](const std::string& each) { return each.substr(0, 5) == "PATH="; };
    EXPECT_EQ(std::count_if(all.begin(), all.end(), is_path), 1);
}

TEST(ProcessOptions, ReplaceTheWholeEnvironment) {
    ProcessOptions options({"jq"});
    options.inherit_environment = false;
    EXPECT_TRUE(options.variables()->empty());
    options.environment = {{"A", "1"}};
    EXPECT_EQ(*options.variables(), std::vector<std::string>({"A=1"}));
}

}  // namespace
}  // namespace runnel
