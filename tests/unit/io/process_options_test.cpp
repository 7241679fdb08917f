#include "io/process_options.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_literals;

std::string problem_of(const ProcessOptions& options) {
    const Result<void> checked = options.check();
    if (checked) {
        return "none";
    }
    EXPECT_EQ(checked.error().error_class(), ErrorClass::BadInput);
    return checked.error().message();
}

TEST(ProcessOptions, AreValid) {
    ProcessOptions options({"jq", "-c", "."});
    options.environment = {{"A", ""}, {"B", "x=y"}};
    EXPECT_EQ(problem_of(options), "none");
}

TEST(ProcessOptions, NeedACommand) {
    EXPECT_EQ(problem_of(ProcessOptions()), "no command is given");
    EXPECT_EQ(problem_of(ProcessOptions({"", "x"})), "no command is given");
}

TEST(ProcessOptions, RefuseNulBytes) {
    EXPECT_EQ(problem_of(ProcessOptions({"jq", "a\0b"s})), "jq: an argument contains a NUL byte");
    EXPECT_EQ(problem_of(ProcessOptions({"jq\0x"s})), "jq: an argument contains a NUL byte");
    ProcessOptions options({"jq"});
    options.working_directory = "/tmp\0x"s;
    EXPECT_EQ(problem_of(options), "jq: the working directory contains a NUL byte");
    options.working_directory.clear();
    options.environment = {{"TOKEN", "secret\0x"s}};
    EXPECT_EQ(problem_of(options), "jq: the variable TOKEN contains a NUL byte");
}

TEST(ProcessOptions, RefuseAnInvalidVariableName) {
    for (const std::string& name : {""s, "A=B"s, "A\0B"s}) {
        ProcessOptions options({"jq"});
        options.environment = {{name, "x"}};
        EXPECT_NE(problem_of(options).find("is not a valid variable name"), std::string::npos);
    }
}

TEST(ProcessOptions, KeepTheEnvironmentByDefault) {
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
