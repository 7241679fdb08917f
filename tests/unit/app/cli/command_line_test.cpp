#include "app/cli/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/named_file.hpp"

namespace runnel {
namespace {

using test::NamedFile;
using Strings = std::vector<std::string>;

struct GoOptions {
    std::string to = "anywhere";
    bool fast = false;
    Strings stops;
};

struct WrapOptions {
    std::string need;
    std::string more;
    bool last = false;
    Strings names;
    Strings cmd;
};

GoOptions gone;
WrapOptions wrapped;
int go_descriptions = 0;
int wrap_descriptions = 0;

void describe_go(OptionSet& set, GoOptions& options) {
    ++go_descriptions;
    set.arguments({"STOP", "", "Where to stop"}, options.stops);
    set.text({"--to", "TEXT", "Where to go"}, options.to);
    set.flag({"--fast", "", "Hurry"}, options.fast);
}

int go(const GoOptions& options, Log&, TimePoint) {
    gone = options;
    return 7;
}

void describe_wrap(OptionSet& set, WrapOptions& options) {
    ++wrap_descriptions;
    set.arguments({"NAME", "", "Names"}, options.names);
    OptionSet::Row& need = set.text({"--need", "TEXT", "Necessary"}, options.need);
    set.exclude(set.text({"--more", "TEXT", "More"}, options.more), need);
    set.take_early(need);
    set.flag({"--last", "", "Last"}, options.last);
}

int wrap(const WrapOptions& options, Log&, TimePoint) {
    wrapped = options;
    return 8;
}

constexpr CommandEntry kCommands[] = {
    {"go",
     "Go somewhere",
     "[STOP...]",
     "",
     {{{"runnel go", "Go"}, {"runnel go --fast", "Hurry"}}},
     make_command<GoOptions, describe_go, go>},
    {"wrap",
     "Start something else",
     "[NAME...] [-- CMD ARGS...]",
     "Some notes.",
     {{{"runnel wrap", "Wrap"}, {"runnel wrap --need x", "Wrap x"}}},
     make_command<WrapOptions, describe_wrap, wrap>},
};

CommandLine parse(Strings arguments, std::vector<const char*> environment = {}) {
    environment.push_back(nullptr);
    return parse_command_line(kCommands, std::move(arguments), environment.data());
}

/// Parses and runs; the exit status.
int run(Strings arguments, std::vector<const char*> environment = {}) {
    const CommandLine line = parse(std::move(arguments), std::move(environment));
    if (!line.refusal.empty() || !line.command) {
        ADD_FAILURE() << line.refusal << line.text;
        return -1;
    }
    Log log(Log::Level::Quiet);
    return line.command->run(log, Clock::now());
}

std::string refusal_and_hint(Strings arguments, std::vector<const char*> environment = {}) {
    const CommandLine line = parse(std::move(arguments), std::move(environment));
    return line.refusal.empty() ? "accepted" : line.refusal;
}

std::string refusal(Strings arguments, std::vector<const char*> environment = {}) {
    const std::string all = refusal_and_hint(std::move(arguments), std::move(environment));
    return all.substr(0, all.find("\nTry: "));
}

std::string text(Strings arguments) {
    const CommandLine line = parse(std::move(arguments));
    return line.text + line.refusal;
}

bool contains(const std::string& whole, const std::string& part) {
    return whole.find(part) != std::string::npos;
}

TEST(CommandLine, RunsTheCommandWithItsOptions) {
    EXPECT_EQ(run({"go", "--to", "town", "a", "--fast", "b"}), 7);
    EXPECT_EQ(gone.to, "town");
    EXPECT_TRUE(gone.fast);
    EXPECT_EQ(gone.stops, (Strings{"a", "b"}));
    EXPECT_EQ(run({"wrap", "--need", "x"}), 8);
}

TEST(CommandLine, TakesTheEmptyValueOfAnOption) {
    EXPECT_EQ(run({"go", "--to=", "a", "b"}), 7);
    EXPECT_EQ(gone.to, "");
    EXPECT_EQ(gone.stops, (Strings{"a", "b"}));
    EXPECT_EQ(run({"go", "--to="}), 7);
    EXPECT_EQ(gone.to, "");
    EXPECT_EQ(run({"go", "--to==", "--", "--to="}), 7);
    EXPECT_EQ(gone.to, "=");
    EXPECT_EQ(gone.stops, (Strings{"--to="}));
    EXPECT_EQ(run({"go"}, {"RUNNEL_GO_TO=", "RUNNEL_GO_FAST=1"}), 7);
    EXPECT_EQ(gone.to, "anywhere") << "an empty variable is none";
    const NamedFile file("[go]\nto = ''");
    EXPECT_EQ(run({"go", "a", "--config", file.path()}), 7);
    EXPECT_EQ(gone.to, "");
    EXPECT_EQ(gone.stops, (Strings{"a"}));
}

TEST(CommandLine, TakesGlobalOptionsBeforeAndAfterTheCommand) {
    EXPECT_EQ(parse({"go"}).globals.verbosity, 0);
    EXPECT_EQ(parse({"-v", "go"}).globals.verbosity, 1);
    EXPECT_EQ(parse({"go", "-v"}).globals.verbosity, 1);
    EXPECT_EQ(parse({"-v", "go", "a", "-v"}).globals.verbosity, 2);
    EXPECT_TRUE(parse({"-q", "go", "a"}).globals.quiet);
    EXPECT_EQ(parse({"go"}).globals.config, std::nullopt);
}

TEST(CommandLine, TakesTheLastConfiguration) {
    const NamedFile file("[go]\nto = 'file'");
    EXPECT_EQ(parse({"--config", "/nowhere", "go", "--config", file.path()}).globals.config,
              file.path());
    EXPECT_TRUE(contains(refusal({"--config", file.path(), "go", "--config", "/nowhere"}),
                         "/nowhere: No such file"));
    EXPECT_TRUE(contains(refusal({"go", "--config", ""}), "No such file"));
}

TEST(CommandLine, TakesNoArgumentForASecondCommand) {
    EXPECT_EQ(run({"go", "wrap", "go"}), 7);
    EXPECT_EQ(gone.stops, (Strings{"wrap", "go"}));
}

TEST(CommandLine, DescribesOnlyTheChosenCommand) {
    wrap_descriptions = 0;
    go_descriptions = 0;
    run({"go", "a"});
    EXPECT_EQ(go_descriptions, 1);
    run({"go", "a"}, {"RUNNEL_GO_TO=x"});
    EXPECT_EQ(go_descriptions, 3);
    EXPECT_EQ(wrap_descriptions, 0);
}

TEST(CommandLine, GivesWhatFollowsTwoDashesAsArguments) {
    EXPECT_EQ(run({"go", "--", "--fast", "--", "-v"}), 7);
    EXPECT_FALSE(gone.fast);
    EXPECT_EQ(gone.stops.front(), "--fast");
    EXPECT_EQ(gone.stops.back(), "-v");
}

TEST(CommandLine, GivesWhatFollowsTwoDashesToACommandThatTakesOne) {
    EXPECT_EQ(run({"wrap", "a", "--need", "x", "--", "jq", "--need", "--", "-c"}), 8);
    EXPECT_EQ(wrapped.names, (Strings{"a"}));
    EXPECT_EQ(wrapped.need, "x");
    EXPECT_EQ(wrapped.cmd, (Strings{"jq", "--need", "--", "-c"}));
    EXPECT_EQ(run({"wrap", "--", "jq"}, {"RUNNEL_WRAP_NEED=y"}), 8);
    EXPECT_EQ(wrapped.need, "y");
    EXPECT_EQ(wrapped.cmd, (Strings{"jq"}));
    EXPECT_EQ(run({"wrap", "a", "--need", "x"}), 8);
    EXPECT_EQ(wrapped.cmd, Strings());
}

TEST(CommandLine, GivesHelpOfTheProgramOrOfTheCommand) {
    EXPECT_TRUE(contains(text({"--help"}), "Go somewhere"));
    EXPECT_TRUE(contains(text({"-v", "-h"}), "Usage: runnel [OPTIONS] COMMAND"));
    EXPECT_FALSE(contains(text({"--help"}), "Where to go"));
    for (const Strings& arguments :
         {Strings{"go", "--help"}, Strings{"--help", "go"}, Strings{"go", "a", "-h"}}) {
        EXPECT_TRUE(contains(text(arguments), "Usage: runnel go [OPTIONS] [STOP...]"));
        EXPECT_TRUE(contains(text(arguments), "--fast"));
        EXPECT_TRUE(contains(text(arguments), "--config FILE"));
    }
    EXPECT_TRUE(contains(text({"wrap", "--help"}), "--need"));
}

TEST(CommandLine, HelpTellsWhatAnOptionTakesAndNothingElseInItsColumn) {
    const std::string help = text({"wrap", "--help"});
    EXPECT_TRUE(contains(help, "\n  NAME ...  ")) << help;
    EXPECT_TRUE(contains(help, "\n  --need TEXT  ")) << help;
    EXPECT_TRUE(contains(help, "\n  --last  ")) << help;
    EXPECT_FALSE(contains(help, "\n\n\n")) << help;
}

TEST(CommandLine, GivesVersions) {
    for (const Strings& arguments :
         {Strings{"--version"}, Strings{"--version", "go"}, Strings{"go", "--version"}}) {
        EXPECT_TRUE(text(arguments).starts_with("runnel ")) << text(arguments);
        EXPECT_TRUE(text(arguments).ends_with("\n"));
    }
}

TEST(CommandLine, AsksForACommand) {
    EXPECT_EQ(refusal({}), "say what to do: go, wrap");
    EXPECT_EQ(refusal({"-v"}), "say what to do: go, wrap");
    EXPECT_EQ(refusal({"gone", "--fast"}), "no such command: gone (there is go, wrap)");
    EXPECT_EQ(refusal({"", "go"}), "no such command:  (there is go, wrap)");
}

TEST(CommandLine, TellsWhichHelpThereIs) {
    EXPECT_EQ(refusal_and_hint({"gone"}),
              "no such command: gone (there is go, wrap)\nTry: runnel --help");
    EXPECT_TRUE(refusal_and_hint({"go", "--slow"}).ends_with("--slow\nTry: runnel go --help"));
    EXPECT_TRUE(refusal_and_hint({"go", "--a\nb"}).ends_with("--a\\x0ab\nTry: runnel go --help"));
}

TEST(CommandLine, HelpIsACommandToo) {
    EXPECT_EQ(text({"help"}), text({"--help"}));
    EXPECT_EQ(text({"help", "--help"}), text({"--help"}));
    EXPECT_EQ(text({"help", "go"}), text({"go", "--help"}));
    EXPECT_EQ(text({"-v", "help", "wrap", "rest"}), text({"wrap", "--help"}));
    EXPECT_EQ(refusal({"help", "gone"}), "no such command: gone (there is go, wrap)");
    EXPECT_TRUE(contains(text({"help"}), "Print the help of a command"));
}

TEST(CommandLine, RefusesWhatIsNotAnOption) {
    EXPECT_TRUE(contains(refusal({"--fast", "go"}), "no global option: --fast"));
    EXPECT_TRUE(contains(refusal({"--", "go"}), "no global option: --"));
    EXPECT_TRUE(contains(refusal({"go", "--slow"}), "--slow"));
    EXPECT_TRUE(contains(refusal({"--config"}), "--config"));
    EXPECT_TRUE(contains(refusal({"go", "--to"}), "--to"));
}

TEST(CommandLine, IsBeforeTheEnvironmentAndThatBeforeTheFile) {
    const NamedFile file("[go]\nto = 'file'\nfast = true");
    run({"go", "--config", file.path()});
    EXPECT_EQ(gone.to, "file");
    EXPECT_TRUE(gone.fast);
    run({"--config", file.path(), "go"}, {"RUNNEL_GO_TO=environment"});
    EXPECT_EQ(gone.to, "environment");
    EXPECT_TRUE(gone.fast);
    run({"go", "--to=line", "--config", file.path()}, {"RUNNEL_GO_TO=environment"});
    EXPECT_EQ(gone.to, "line");
    run({"go"});
    EXPECT_EQ(gone.to, "anywhere");
}

TEST(CommandLine, TakesGlobalOptionsFromTheTableOfTheCommand) {
    const NamedFile file("[go]\nverbose = true\n[wrap]\nquiet = true\nneed = 'x'");
    EXPECT_EQ(parse({"go", "--config", file.path()}).globals.verbosity, 1);
    EXPECT_FALSE(parse({"go", "--config", file.path()}).globals.quiet);
    EXPECT_EQ(parse({"-v", "go", "-v", "--config", file.path()}).globals.verbosity, 2);
    EXPECT_TRUE(parse({"wrap", "--config", file.path()}).globals.quiet);
}

TEST(CommandLine, ChecksTheSettingsOfOtherCommandsToo) {
    const NamedFile file("[go]\n[wrap]\nto = 'x'");
    EXPECT_TRUE(contains(refusal({"go", "--config", file.path()}), "[wrap] to: there is no such"));
    EXPECT_EQ(refusal({"go"}, {"RUNNEL_WRAP_TO=x"}), "RUNNEL_WRAP_TO: there is no such option");
    EXPECT_EQ(run({"go"}, {"RUNNEL_WRAP_MORE=x"}), 7);
}

TEST(CommandLine, LeavesOutASettingThatTheLineExcludes) {
    EXPECT_EQ(run({"wrap", "--need=x"}, {"RUNNEL_WRAP_MORE=y"}), 8);
    EXPECT_EQ(wrapped.need, "x");
    EXPECT_EQ(wrapped.more, "");
    EXPECT_TRUE(contains(refusal({"wrap", "--need=x", "--more=y"}), "excludes"));
}

TEST(CommandLine, IsRefusedForAnErrorOfItsOwnWhateverTheSettingsAre) {
    EXPECT_TRUE(contains(refusal({"go", "--slow"}, {"RUNNEL_GO_TO=x"}), "--slow"));
    EXPECT_TRUE(contains(refusal({"go", "--to"}, {"RUNNEL_GO_TO=x"}), "--to"));
}

TEST(CommandLine, GivesHelpWhateverTheSettingsAre) {
    EXPECT_TRUE(contains(text({"go", "--help", "--config", "/nowhere"}), "--fast"));
    EXPECT_TRUE(contains(text({"go", "--version", "--config", "/nowhere"}), "runnel "));
}

}  // namespace
}  // namespace runnel
