#include "app/cli/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "json/document.hpp"
#include "support/named_file.hpp"
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using test::NamedFile;
using Strings = std::vector<std::string>;

/// A command with an option of each kind.
struct Options {
    enum class Format { Lines, Json };

    std::size_t jobs = 50;
    Duration max_time{};
    std::string agent = "runnel";
    Strings headers;
    Strings urls;
    bool tag = false;
    bool location = true;
    bool compressed = true;
    bool raw = false;
    Strings extract;
    Strings places;
    int verbosity = 0;
    Format format = Format::Lines;
    std::string config;
};

void describe(OptionSet& set, Options& options) {
    set.arguments({"URL", "", ""}, options.urls);
    set.count({"-j,-P,--jobs,--parallel-max", "N", ""}, options.jobs);
    set.duration({"-m,--max-time", "D", ""}, options.max_time);
    set.text({"--agent", "TEXT", ""}, options.agent);
    const auto parse = [](const std::string& text) {
        return text == "bad" ? Result<std::string>(Error(ErrorClass::BadInput, "not a header"))
                             : Result<std::string>(text);
    };
    set.values({"-H,--header", "TEXT", ""}, options.headers, parse);
    set.flag({"--tag", "", ""}, options.tag);
    set.flag({"--location", "", ""}, options.location, true);
    set.flag({"--no-location", "", ""}, options.location, false);
    set.flag({"--no-compressed", "", ""}, options.compressed, false);
    set.flag({"--http1.1", "", ""}, [] {});
    set.flag({"-v,--verbose", "", ""}, [&options] { ++options.verbosity; });
    set.flag({"--lines", "", ""}, options.format, Options::Format::Lines);
    set.flag({"--json", "", ""}, options.format, Options::Format::Json);
    OptionSet::Row& raw = set.flag({"--raw", "", ""}, options.raw);
    set.exclude(set.texts({"--extract", "TEXT", ""}, options.extract), raw);
    set.texts({"--place", "TABLE", ""}, options.places).takes_tables = true;
    set.text({"--config", "FILE", ""}, options.config).command_line_only = true;
    set.outcome_flag({"-h,--help", "", ""}, OptionSet::Outcome::Help);
}

void require(const Result<void>& done) {
    if (!done) {
        throw test::Refused(done.error().message());
    }
}

/// What three levels say about the command `go`; there is another one, `stop`.
struct Said {
    Strings line;
    Strings environment;
    std::string toml;

    /// The arguments that the settings become, for a parser that has met those of the line.
    [[nodiscard]] Strings arguments() const {
        Config settings({"go", "stop"});
        std::vector<const char*> variables;
        for (const std::string& variable : environment) {
            variables.push_back(variable.c_str());
        }
        variables.push_back(nullptr);
        settings.read_environment(variables.data());
        if (!toml.empty()) {
            require(settings.read_file(NamedFile(toml).path()));
        }
        OptionSet set;
        Options options;
        describe(set, options);
        test::parse(set, line);
        Result<Strings> all = settings.arguments("go", set);
        return all ? *std::move(all) : throw test::Refused(all.error().message());
    }

    /// What a parser makes of them and of the line.
    [[nodiscard]] Options options() const {
        Strings all = arguments();
        all.insert(all.end(), line.begin(), line.end());
        OptionSet set;
        Options options;
        describe(set, options);
        test::parse(set, all);
        return options;
    }

    /// Why they are refused; a file is called `FILE`.
    [[nodiscard]] std::string refusal() const {
        try {
            ADD_FAILURE() << "accepted as " << ::testing::PrintToString(arguments());
        } catch (const test::Refused& error) {
            const std::string why = error.what();
            const std::size_t end = why.find(':');
            return toml.empty() || why.starts_with("RUNNEL") ? why : "FILE" + why.substr(end);
        }
        return "";
    }
};

Said variable(std::string text) { return Said{{}, {std::move(text)}, ""}; }
Said file(std::string go) { return Said{{}, {}, "[go]\n" + std::move(go)}; }

TEST(Config, AreEmptyWithoutAnythingSaid) {
    Config settings({"go"});
    const char* const environment[] = {"PATH=/bin",   "RUNNEL=x",           "RUNNEL_DEBUG=1",
                                       "RUNNEL_GO=1", "RUNNEL_GOES_JOBS=x", "XRUNNEL_GO_JOBS=x",
                                       nullptr};
    settings.read_environment(environment);
    EXPECT_TRUE(settings.empty());
    EXPECT_FALSE(settings.mention("go"));
}

TEST(Config, OfAFileAreValuesOfOptions) {
    EXPECT_EQ(file("jobs = 3").options().jobs, 3U);
    EXPECT_EQ(file("jobs = \"3\"").options().jobs, 3U);
    EXPECT_EQ(file("max-time = 1.5").options().max_time, std::chrono::milliseconds(1500));
    EXPECT_EQ(file("max-time = 2.0").options().max_time, std::chrono::seconds(2));
    EXPECT_EQ(file("max-time = '2m'").options().max_time, std::chrono::minutes(2));
    EXPECT_EQ(file("header = ['A: 1', 'B: 2']").options().headers, (Strings{"A: 1", "B: 2"}));
    EXPECT_EQ(file("header = 'A: 1'").options().headers, (Strings{"A: 1"}));
    EXPECT_EQ(file("header = []").options().headers, Strings());
    EXPECT_TRUE(file("tag = true").options().tag);
    EXPECT_FALSE(file("tag = false").options().tag);
    EXPECT_EQ(file("verbose = true").options().verbosity, 1);
}

TEST(Config, OfTheEnvironmentAreValuesOfOptions) {
    EXPECT_EQ(variable("RUNNEL_GO_JOBS=3").options().jobs, 3U);
    EXPECT_EQ(variable("RUNNEL_GO_MAX_TIME=1.5").options().max_time,
              std::chrono::milliseconds(1500));
    EXPECT_EQ(variable("RUNNEL_GO_AGENT=a=b").options().agent, "a=b");
    EXPECT_EQ(variable("RUNNEL_GO_HEADER=A: 1, 2").options().headers, (Strings{"A: 1, 2"}));
    EXPECT_EQ(variable("RUNNEL_GO_JSON=1").options().format, Options::Format::Json);
}

TEST(Config, OfTheEnvironmentSayYesAndNoInManyWords) {
    for (const char* yes : {"1", "true", "yes", "on", "True", "YES"}) {
        EXPECT_TRUE(variable(std::string("RUNNEL_GO_TAG=") + yes).options().tag) << yes;
    }
    for (const char* no : {"0", "false", "no", "off", "OFF", ""}) {
        EXPECT_FALSE(variable(std::string("RUNNEL_GO_TAG=") + no).options().tag) << no;
    }
}

TEST(Config, KnowEachLongNameWrittenAsTomlAndTheEnvironmentCan) {
    EXPECT_EQ(file("max_time = 2").options().max_time, std::chrono::seconds(2));
    EXPECT_EQ(file("parallel-max = 2").options().jobs, 2U);
    EXPECT_EQ(file("parallel_max = 2").options().jobs, 2U);
    EXPECT_EQ(variable("RUNNEL_GO_PARALLEL_MAX=2").options().jobs, 2U);
    EXPECT_EQ(file("\"http1.1\" = true").arguments(), (Strings{"--http1.1"}));
    EXPECT_EQ(file("http1-1 = true").arguments(), (Strings{"--http1.1"}));
    EXPECT_EQ(variable("RUNNEL_GO_HTTP1_1=1").arguments(), (Strings{"--http1.1"}));
}

TEST(Config, KeepWhatTheyAreGivenByteForByte) {
    for (const char* agent :
         {"", " ", "-x", "--json", "--", "-", "=", "a=b", "[x,y]", "{}", "%1"}) {
        const Options of_file = file(std::string("agent = '") + agent + "'").options();
        EXPECT_EQ(of_file.agent, agent);
        EXPECT_EQ(of_file.format, Options::Format::Lines);
        const Options of_list = file(std::string("header = ['") + agent + "', 'B: 2']").options();
        EXPECT_EQ(of_list.headers, (Strings{agent, "B: 2"}));
    }
    EXPECT_EQ(file("agent = \"a\\nb\"").options().agent, "a\nb");
    EXPECT_EQ(variable("RUNNEL_GO_AGENT=--json").options().agent, "--json");
}

TEST(Config, LeaveThePositionalArgumentsAlone) {
    Said said = file("agent = ''\nheader = ['']\ntag = true\nlines = true");
    said.line = {"http://a", "--", "-b"};
    EXPECT_EQ(said.options().urls, (Strings{"http://a", "-b"}));
}

TEST(Config, OfTheLineBeatTheEnvironmentWhichBeatsTheFile) {
    Said said{{}, {}, "[go]\njobs = 1\nheader = ['file', 'F']"};
    EXPECT_EQ(said.options().jobs, 1U);
    EXPECT_EQ(said.options().headers, (Strings{"file", "F"}));
    said.environment = {"RUNNEL_GO_JOBS=2", "RUNNEL_GO_HEADER=environment"};
    EXPECT_EQ(said.options().jobs, 2U);
    EXPECT_EQ(said.options().headers, (Strings{"environment"}));
    said.line = {"-j", "3", "-H", "line", "-Hl"};
    EXPECT_EQ(said.options().jobs, 3U);
    EXPECT_EQ(said.options().headers, (Strings{"line", "l"}));
    EXPECT_EQ(said.arguments(), Strings());
}

TEST(Config, AreTheSameOptionByAnyOfItsNames) {
    const Said said{{"-P", "3"}, {"RUNNEL_GO_PARALLEL_MAX=2"}, "[go]\njobs = 1"};
    EXPECT_EQ(said.options().jobs, 3U);
    EXPECT_EQ(said.arguments(), Strings());
}

TEST(Config, SaysAFlagOfTheEnvironmentNoToTheFile) {
    const Said said{{}, {"RUNNEL_GO_TAG=off"}, "[go]\ntag = true"};
    EXPECT_FALSE(said.options().tag);
}

TEST(Config, ThatAreEmptyVariablesLeaveTheFileAlone) {
    const Said said{{}, {"RUNNEL_GO_TAG=", "RUNNEL_GO_JOBS="}, "[go]\ntag = true\njobs = 2"};
    EXPECT_TRUE(said.options().tag);
    EXPECT_EQ(said.options().jobs, 2U);
}

TEST(Config, OfExclusiveFlagsTheLastOneCounts) {
    EXPECT_EQ(file("json = true\nlines = true").options().format, Options::Format::Lines);
    EXPECT_EQ(file("lines = true\njson = true").options().format, Options::Format::Json);
    Said said{{}, {"RUNNEL_GO_LINES=1"}, "[go]\njson = true"};
    EXPECT_EQ(said.options().format, Options::Format::Lines);
    said.line = {"--json"};
    EXPECT_EQ(said.options().format, Options::Format::Json);
    EXPECT_EQ((Said{{"--lines"}, {}, "[go]\njson = true"}).options().format,
              Options::Format::Lines);
}

TEST(Config, OverrideWhatTheyExclude) {
    Said said{{}, {}, "[go]\nraw = true\njobs = 3"};
    EXPECT_TRUE(said.options().raw);
    said.environment = {"RUNNEL_GO_EXTRACT=/a"};
    EXPECT_FALSE(said.options().raw);
    EXPECT_EQ(said.options().extract, (Strings{"/a"}));
    said.environment = {"RUNNEL_GO_RAW=no"};
    said.toml = "[go]\nextract = '/b'\n";
    EXPECT_EQ(said.options().extract, (Strings{"/b"}));
    said.environment = {"RUNNEL_GO_EXTRACT=/a"};
    said.toml = "[go]\nraw = true\njobs = 3";
    said.line = {"--raw"};
    EXPECT_TRUE(said.options().raw);
    EXPECT_EQ(said.options().extract, Strings());
    EXPECT_EQ(said.options().jobs, 3U);
    const Said both = file("raw = true\nextract = '/a'");
    EXPECT_THROW(static_cast<void>(both.options()), test::Refused);
}

TEST(Config, SetANegatedFlagByEitherName) {
    EXPECT_TRUE(file("location = true").options().location);
    EXPECT_FALSE(file("location = false").options().location);
    EXPECT_FALSE(file("no-location = true").options().location);
    EXPECT_TRUE(file("no_location = false").options().location);
    EXPECT_FALSE(variable("RUNNEL_GO_LOCATION=no").options().location);
    EXPECT_TRUE((Said{{"--location"}, {}, "[go]\nno-location = true"}).options().location);
    EXPECT_FALSE(file("no-compressed = true").options().compressed);
    EXPECT_TRUE(file("no-compressed = false").options().compressed);
    EXPECT_EQ(file("compressed = true").refusal(),
              "FILE:2:14: [go] compressed: there is no such option");
}

TEST(Config, ThatMakeNoSenseSayWhereTheyStand) {
    EXPECT_EQ(file("\njobs = 'abc'").refusal(),
              "FILE:3:8: [go] jobs: \"abc\" is not a whole number above zero");
    EXPECT_EQ(file("parallel-max = -1").refusal(),
              "FILE:2:16: [go] parallel-max: \"-1\" is not a whole number above zero");
    EXPECT_EQ(variable("RUNNEL_GO_JOBS=abc").refusal(),
              "RUNNEL_GO_JOBS: \"abc\" is not a whole number above zero");
    EXPECT_EQ(file("header = ['a', 'bad']").refusal(), "FILE:2:16: [go] header: not a header");
}

TEST(Config, ThatMakeNoSenseAreRefusedAlsoWhereTheyDoNotCount) {
    const Said said{{"-j3"}, {"RUNNEL_GO_JOBS=2"}, "[go]\njobs = 'abc'"};
    EXPECT_EQ(said.refusal(), "FILE:2:8: [go] jobs: \"abc\" is not a whole number above zero");
    EXPECT_EQ((Said{{"-j3"}, {"RUNNEL_GO_JOBS=x"}, ""}).refusal(),
              "RUNNEL_GO_JOBS: \"x\" is not a whole number above zero");
}

TEST(Config, ForNoOptionAreRefused) {
    for (const char* key : {"jbos", "URL", "j", "JOBS", "-jobs"}) {
        const std::string why = file(std::string(key) + " = 1").refusal();
        EXPECT_NE(why.find("there is no such option"), std::string::npos) << why;
    }
    EXPECT_EQ(variable("RUNNEL_GO_JBOS=1").refusal(), "RUNNEL_GO_JBOS: there is no such option");
    EXPECT_EQ(variable("RUNNEL_GO_JBOS=").refusal(), "RUNNEL_GO_JBOS: there is no such option");
    EXPECT_EQ(variable("RUNNEL_GO_=1").refusal(), "RUNNEL_GO_: there is no such option");
}

TEST(Config, ForOptionsOfTheLineAreRefused) {
    EXPECT_EQ(file("config = 'x'").refusal(),
              "FILE:2:10: [go] config: --config may stand on the command line only");
    EXPECT_EQ(file("help = true").refusal(),
              "FILE:2:8: [go] help: --help may stand on the command line only");
    EXPECT_EQ(variable("RUNNEL_GO_CONFIG=x").refusal(),
              "RUNNEL_GO_CONFIG: --config may stand on the command line only");
}

TEST(Config, OfTheWrongTypeAreRefused) {
    EXPECT_EQ(file("jobs = true").refusal(),
              "FILE:2:8: [go] jobs: takes a value, not true or false");
    EXPECT_EQ(file("jobs = [1]").refusal(), "FILE:2:8: [go] jobs: takes one value, not a list");
    EXPECT_EQ(file("tag = 'true'").refusal(),
              "FILE:2:7: [go] tag: takes no value, only true or false");
    EXPECT_EQ(file("tag = 1").refusal(), "FILE:2:7: [go] tag: takes no value, only true or false");
    EXPECT_EQ(file("tag = []").refusal(), "FILE:2:7: [go] tag: takes no value, only true or false");
    EXPECT_EQ(variable("RUNNEL_GO_TAG=maybe").refusal(),
              "RUNNEL_GO_TAG: \"maybe\" is neither true nor false");
    EXPECT_EQ(file("jobs = 2026-01-01").refusal(),
              "FILE:2:8: [go] jobs: expected a string or a number");
    EXPECT_EQ(file("jobs = {}").refusal(), "FILE:2:8: [go] jobs: expected a string or a number");
    EXPECT_EQ(file("header = ['a', ['b']]").refusal(),
              "FILE:2:16: [go] header: expected a string or a number");
    EXPECT_EQ(file("header = ['a', true]").refusal(),
              "FILE:2:16: [go] header: expected a string or a number");
    EXPECT_EQ(file("[go.jobs]\nx = 1").refusal(),
              "FILE:2:1: [go] jobs: expected a string or a number");
    EXPECT_EQ(file("[[go.target]]\nx = 1").refusal(),
              "FILE:2:1: [go] target: there is no such option");
}

TEST(Config, AreTablesWhereAnOptionTakesThem) {
    const Said said = file("[[go.place]]\nx = 1\ny = ['a', true]\n[[go.place]]\nx = 2.5");
    const Strings places = said.options().places;
    ASSERT_EQ(places.size(), 2U);
    const Result<JsonValue> first = parse_json_document(places[0]);
    ASSERT_TRUE(first) << places[0];
    std::string json;
    append_json(*first, json);
    EXPECT_EQ(json, R"({"x":1,"y":["a",true]})");
    EXPECT_EQ(file("place = {x = 'a\"b'}").options().places.size(), 1U);
    EXPECT_EQ(file("header = [{x = 1}]").refusal(),
              "FILE:2:11: [go] header: expected a string or a number");
}

TEST(Config, ThatAreSetTwiceAreRefused) {
    EXPECT_EQ(file("jobs = 1\nparallel_max = 2").refusal(),
              "FILE:3:16: [go] parallel_max: --jobs is set already");
    EXPECT_EQ(file("max_time = 1\nmax-time = 2").refusal(),
              "FILE:3:12: [go] max-time: --max-time is set already");
    EXPECT_EQ((Said{{}, {"RUNNEL_GO_PARALLEL_MAX=1", "RUNNEL_GO_JOBS=2"}, ""}).refusal(),
              "RUNNEL_GO_PARALLEL_MAX: --jobs is set already");
}

TEST(Config, StandInTablesOfCommands) {
    EXPECT_EQ((Said{{}, {}, "go.jobs = 2"}).options().jobs, 2U);
    EXPECT_EQ((Said{{}, {}, "go = { jobs = 2 }"}).options().jobs, 2U);
    EXPECT_EQ((Said{{}, {}, "[stop]\nnow = 1"}).options().jobs, 50U);
    EXPECT_EQ((Said{{}, {}, "# nothing\n"}).arguments(), Strings());
    EXPECT_EQ((Said{{}, {}, "[gone]\n"}).refusal(), "FILE:1:1: [gone]: there is no such command");
    const std::string where = "only the tables of commands may stand here, such as [go]";
    EXPECT_EQ((Said{{}, {}, "jobs = 2"}).refusal(), "FILE:1:8: jobs: " + where);
    EXPECT_EQ((Said{{}, {}, "[[go]]\njobs = 2"}).refusal(), "FILE:1:1: go: " + where);
}

TEST(Config, OfADamagedFileNameLineAndColumn) {
    for (const char* toml : {"[go]\njobs = ", "[go]\njobs", "[go]\n jobs = 1 2", "\n[go", "\n[go]]",
                             "[go]\njobs = 1\njobs = 2", "[go]\n\"\\q\" = 1"}) {
        const std::string why = Said{{}, {}, toml}.refusal();
        EXPECT_TRUE(why.starts_with("FILE:2:") || why.starts_with("FILE:3:")) << why;
    }
    EXPECT_TRUE(file("agent = '\xff'").refusal().ends_with("invalid utf-8 sequence"));
}

TEST(Config, OfAFileWithoutAKeyNameLineAndColumn) {
    for (const char* toml : {"[=]", "[\n", "[[#", "[go.=]", "[\x01]", "go.= 1", "go = {a.= 1}"}) {
        const std::string why = Said{{}, {}, toml}.refusal();
        EXPECT_TRUE(why.starts_with("FILE:1:")) << why;
    }
}

TEST(Config, OfAFileThatCannotBeReadNameItAndWhy) {
    const auto why_not = [](const std::string& path) -> std::string {
        try {
            require(Config({"go"}).read_file(path));
        } catch (const test::Refused& error) {
            return error.what();
        }
        return "read";
    };
    EXPECT_EQ(why_not("/nowhere/x.toml"), "cannot read /nowhere/x.toml: No such file or directory");
    EXPECT_EQ(why_not("/tmp"), "cannot read /tmp: Is a directory");
}

TEST(Config, KnowWhichCommandsTheyMention) {
    Config settings({"go", "stop"});
    const char* const environment[] = {"RUNNEL_GO_JOBS=3", nullptr};
    settings.read_environment(environment);
    EXPECT_FALSE(settings.empty());
    EXPECT_TRUE(settings.mention("go"));
    EXPECT_FALSE(settings.mention("stop"));
    require(settings.read_file(NamedFile("[stop]").path()));
    EXPECT_TRUE(settings.mention("stop"));
}

}  // namespace
}  // namespace runnel
