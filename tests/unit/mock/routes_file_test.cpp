#include "mock/routes_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel::mock {
namespace {

using namespace std::chrono_literals;

Routes routes(std::string_view text) {
    Result<Routes> parsed = parse_routes(text, "r.json", ".");
    EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().message());
    return parsed.ok() ? *std::move(parsed) : Routes();
}

/// The answer of a route with these members besides its path.
Answer answer(std::string_view members) {
    const Routes parsed = routes("[{\"path\": \"/\", " + std::string(members) + "}]");
    return parsed.empty() ? Answer() : parsed.front().answers.front();
}

std::string refusal(std::string_view text) {
    const Result<Routes> parsed = parse_routes(text, "r.json", ".");
    if (parsed.ok()) {
        return "";
    }
    EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
    return parsed.error().message();
}

/// The error for a route with these members, without the file name. They begin in column 16.
std::string refused(std::string_view members) {
    const std::string message = refusal("[{\"path\": \"/\", " + std::string(members) + "}]");
    return message.starts_with("r.json:") ? message.substr(7) : message;
}

std::string header(const Answer& given, std::string_view name) {
    std::string values;
    for (const Header& one : given.headers) {
        if (one.name == name) {
            values += "[" + one.value + "]";
        }
    }
    return values;
}

/// A temporary directory.
class Directory {
public:
    Directory() {
        std::string name = testing::TempDir() + "routesXXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        path = name;
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path); }

    std::string write(const std::string& name, std::string_view text) const {
        std::ofstream(path / name, std::ios::binary) << text;
        return path / name;
    }

    std::filesystem::path path;
};

TEST(RoutesFile, RoutesHaveDefaults) {
    const Routes parsed = routes(R"([{"path": "/"}])");
    ASSERT_EQ(parsed.size(), 1U);
    EXPECT_EQ(parsed[0].method, "");
    EXPECT_EQ(parsed[0].host, "");
    EXPECT_EQ(parsed[0].path, "/");
    EXPECT_FALSE(parsed[0].repeat);
    ASSERT_EQ(parsed[0].answers.size(), 1U);
    const Answer& given = parsed[0].answers[0];
    EXPECT_EQ(given.status, 200U);
    EXPECT_TRUE(given.headers.empty());
    EXPECT_FALSE(given.has_body());
    EXPECT_EQ(given.delay, Duration::zero());
    EXPECT_FALSE(given.drip);
    EXPECT_EQ(given.fault, Answer::Fault::None);
}

TEST(RoutesFile, AcceptsAnEmptyArray) { EXPECT_TRUE(routes("[]").empty()); }

TEST(RoutesFile, ReadsAnAnswer) {
    const Answer given = answer(R"("status": 503, "body": "one\ntwo\n", "delay": "80ms",
        "drip": {"chunk": 10, "every": "50ms"}, "fault": "truncate",
        "headers": {"X-One": "1", "Set-Cookie": ["a=1", "b=2"]})");
    EXPECT_EQ(given.status, 503U);
    EXPECT_EQ(given.body, "one\ntwo\n");
    EXPECT_EQ(given.delay, 80ms);
    ASSERT_TRUE(given.drip);
    EXPECT_EQ(given.drip->chunk, 10U);
    EXPECT_EQ(given.drip->every, 50ms);
    EXPECT_EQ(given.fault, Answer::Fault::Truncate);
    EXPECT_EQ(header(given, "X-One"), "[1]");
    EXPECT_EQ(header(given, "Set-Cookie"), "[a=1][b=2]");
}

TEST(RoutesFile, ReadsEveryFault) {
    EXPECT_EQ(answer(R"("fault": "reset")").fault, Answer::Fault::Reset);
    EXPECT_EQ(answer(R"("fault": "truncate", "body": "x")").fault, Answer::Fault::Truncate);
    EXPECT_EQ(answer(R"("fault": "hang")").fault, Answer::Fault::Hang);
    EXPECT_EQ(answer(R"("fault": "garbage")").fault, Answer::Fault::Garbage);
    EXPECT_EQ(answer(R"("fault": "empty")").fault, Answer::Fault::Empty);
}

TEST(RoutesFile, WritesAJsonBodyCompactlyWithNumbersUnchanged) {
    EXPECT_EQ(answer("\"json\": {\"a\": [1.0, 12345678901234567890],\n \"b\": null}").body,
              R"({"a":[1.0,12345678901234567890],"b":null})");
    EXPECT_EQ(answer(R"("json": "text")").body, "\"text\"");
}

TEST(RoutesFile, SetsTheContentTypeUnlessTheHeadersDo) {
    EXPECT_EQ(header(answer(R"("body": "x")"), "Content-Type"), "[text/plain; charset=utf-8]");
    EXPECT_EQ(header(answer(R"("json": 1)"), "Content-Type"), "[application/json]");
    EXPECT_EQ(header(answer(R"("echo": true)"), "Content-Type"), "[application/json]");
    const Answer own = answer(R"("headers": {"content-type": "text/csv"}, "body": "x")");
    EXPECT_EQ(header(own, "content-type"), "[text/csv]");
    EXPECT_EQ(header(own, "Content-Type"), "");
}

TEST(RoutesFile, DistinguishesAnEmptyBodyFromNone) {
    EXPECT_TRUE(answer(R"("body": "")").has_body());
    EXPECT_TRUE(answer(R"("echo": true)").has_body());
    EXPECT_FALSE(answer(R"("echo": false)").has_body());
}

TEST(RoutesFile, ReadsBodyFilesRelativeToItself) {
    const Directory directory;
    const std::string bytes("a\0b\xFF\n", 5);
    directory.write("body.bin", bytes);
    const std::string file = directory.write("r.json", R"([
        {"path": "/", "body_file": "body.bin"},
        {"path": "/", "body_file": ")" + (directory.path / "body.bin").string() +
                                                           R"("}
    ])");
    const Result<Routes> loaded = load_routes(file);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    EXPECT_EQ((*loaded)[0].answers[0].body, bytes);
    EXPECT_EQ((*loaded)[1].answers[0].body, bytes);
}

TEST(RoutesFile, ErrorsNameTheFile) {
    const Directory directory;
    const std::string file =
        directory.write("r.json", "[\n{\"path\": \"/\", \"body_file\": \"no\"}]");
    EXPECT_EQ(load_routes(file).error().message(), file + ":2:28: \"body_file\": cannot read " +
                                                       directory.path.string() +
                                                       "/no: No such file or directory");
    EXPECT_EQ(load_routes("/nowhere/r.json").error().message(),
              "cannot read /nowhere/r.json: No such file or directory");
    EXPECT_EQ(load_routes(directory.path).error().message(),
              "cannot read " + directory.path.string() + ": Is a directory");
}

TEST(RoutesFile, ReadsASequence) {
    const Routes parsed = routes(R"([{"path": "/", "repeat": true, "sequence": [
        {"status": 500}, {"json": [1]}, {"fault": "reset"}]}])");
    ASSERT_EQ(parsed[0].answers.size(), 3U);
    EXPECT_TRUE(parsed[0].repeat);
    EXPECT_EQ(parsed[0].answers[0].status, 500U);
    EXPECT_EQ(parsed[0].answers[1].body, "[1]");
    EXPECT_EQ(parsed[0].answers[2].fault, Answer::Fault::Reset);
}

TEST(RoutesFile, ErrorsNameThePositionOfInvalidJson) {
    EXPECT_EQ(refusal("[\n  {\"path\": \"/\",}\n]").substr(0, 29), "r.json:2:16: not valid JSON: ");
    EXPECT_EQ(refusal("").substr(0, 28), "r.json:1:1: not valid JSON: ");
    EXPECT_EQ(refusal("[{\"path\": \"/\",\n\"path\": \"/\"}]"),
              "r.json:2:1: \"path\" is repeated in this object: remove one");
}

TEST(RoutesFile, ErrorsSayWhatIsRequired) {
    EXPECT_EQ(refusal(" {}"),
              "r.json:1:2: routes must be an array such as [{\"path\": \"/\"}], not an object");
    EXPECT_EQ(refusal("[ 1]"),
              "r.json:1:3: a route must be an object such as {\"path\": \"/\"}, not a number");
    EXPECT_EQ(refusal("[\n{\"status\": 200}]"),
              "r.json:2:1: a route needs either a \"path\" or a \"regex\"");
    EXPECT_EQ(refused(R"("regex": "/")"), "1:2: a route needs either a \"path\" or a \"regex\"");
}

TEST(RoutesFile, RefusesAnUnknownKeyAndListsTheKnownOnes) {
    EXPECT_EQ(refused(R"("stauts": 200)"),
              "1:16: unknown key \"stauts\" (known: method, host, path, regex, sequence, "
              "repeat, status, headers, body, json, body_file, echo, delay, drip, fault)");
    EXPECT_EQ(refused(R"("sequence": [{"path": "/"}])"),
              "1:30: unknown key \"path\" (known: status, headers, body, json, body_file, "
              "echo, delay, drip, fault)");
    EXPECT_EQ(refused(R"("body": "x", "drip": {"chunk": 1, "evry": "1s"})"),
              "1:50: unknown key \"evry\" (known: chunk, every)");
}

TEST(RoutesFile, RefusesAWrongType) {
    EXPECT_EQ(refusal(R"([{"path": 7}])"),
              "r.json:1:11: \"path\" needs a string such as \"/user\", not a number");
    EXPECT_EQ(refused(R"("status": "200")"),
              "1:26: \"status\" needs a number such as 200, not a string");
    EXPECT_EQ(refused(R"("method": null)"),
              "1:26: \"method\" needs a string such as \"GET\", not null");
    EXPECT_EQ(refused(R"("headers": [])"),
              "1:27: \"headers\" needs an object such as {\"Content-Type\": \"text/plain\"}, not "
              "an array");
    EXPECT_EQ(refused(R"("headers": {"A": ["x", 1]})"),
              "1:39: \"A\" needs a string such as \"text/plain\", not a number");
    EXPECT_EQ(refused(R"("delay": 80)"),
              "1:25: \"delay\" needs a string such as \"80ms\", not a number");
    EXPECT_EQ(refused(R"("echo": "yes")"), "1:24: \"echo\" is true or false, not a string");
    EXPECT_EQ(refused(R"("drip": "50ms")"),
              "1:24: \"drip\" needs an object such as {\"chunk\": 10, \"every\": \"50ms\"}, not a "
              "string");
    EXPECT_EQ(refused(R"("sequence": {})").substr(0, 42),
              "1:28: \"sequence\" needs an array such as [{");
    EXPECT_EQ(refused(R"("sequence": [ 500])"),
              "1:30: an answer must be an object such as {\"status\": 500}, not a number");
}

TEST(RoutesFile, RefusesAStatusOutOfRange) {
    EXPECT_EQ(refused(R"("status": 199)"), "1:26: \"status\" must be 200 to 999, not 199");
    EXPECT_EQ(refused(R"("status": 1000)"), "1:26: \"status\" must be 200 to 999, not 1000");
    EXPECT_EQ(refused(R"("status": 2e2)"),
              "1:26: \"status\" needs a whole number such as 200, not 2e2");
    EXPECT_EQ(refused(R"("status": -1)"),
              "1:26: \"status\" needs a whole number such as 200, not -1");
    EXPECT_NE(refused(R"("status": 4294967496)"), "");
    EXPECT_NE(refused(R"("status": 18446744073709551816)"), "");
    EXPECT_EQ(refused(R"("status": 999)"), "");
    EXPECT_EQ(refused(R"("status": 200)"), "");
}

TEST(RoutesFile, RefusesABadDuration) {
    EXPECT_EQ(refused(R"("delay": "80 ms")"),
              "1:25: \"delay\": \"80 ms\" is not a duration: use 250ms, 5s, 2m or 1h");
    EXPECT_EQ(refused(R"("body": "", "drip": {"chunk": 1, "every": ""})").substr(0, 15),
              "1:58: \"every\": ");
}

TEST(RoutesFile, RefusesABadDrip) {
    EXPECT_EQ(refused(R"("body": "", "drip": {"chunk": 1})"),
              "1:36: \"drip\" needs both \"chunk\" and \"every\"");
    EXPECT_EQ(refused(R"("body": "", "drip": {"chunk": 0, "every": "1s"})"),
              "1:36: \"drip\" needs a \"chunk\" of 1 to 1048576 bytes");
    EXPECT_EQ(refused(R"("drip": {"chunk": 1, "every": "1s"})"), "1:2: \"drip\" needs a body");
}

TEST(RoutesFile, RefusesABadRegex) {
    EXPECT_EQ(refusal(R"([{"regex": "/a(b"}])"),
              "r.json:1:12: \"regex\" is not an RE2 regular expression: missing ): /a(b");
}

TEST(RoutesFile, RefusesABadMethodHostOrPath) {
    EXPECT_EQ(refused(R"("method": "get")"),
              "1:26: \"method\" must be a method in capitals such as \"GET\"");
    EXPECT_NE(refused(R"("method": "")"), "");
    EXPECT_EQ(refused(R"("host": "a.example:80")"),
              "1:24: \"host\" must be a host such as \"api.example\", without scheme and port");
    EXPECT_NE(refused(R"("host": "http://a.example")"), "");
    EXPECT_NE(refused(R"("host": "")"), "");
    EXPECT_EQ(refused(R"("host": "[::1]")"), "");
    EXPECT_EQ(refusal(R"([{"path": "user"}])"),
              "r.json:1:11: \"path\" must begin with / and be percent-encoded: %20 for a space");
    EXPECT_NE(refusal(R"([{"path": "/a b"}])"), "");
    EXPECT_NE(refusal(R"([{"path": ""}])"), "");
}

TEST(RoutesFile, RefusesABadFault) {
    EXPECT_EQ(refused(R"("fault": "explode")"),
              "1:25: \"fault\" must be reset, truncate, hang, garbage or empty, not \"explode\"");
    EXPECT_EQ(refused(R"("fault": "")"),
              "1:25: \"fault\" must be reset, truncate, hang, garbage or empty, not \"\"");
}

TEST(RoutesFile, RefusesContradictoryMembers) {
    EXPECT_EQ(refused(R"("body": "", "json": 1)"),
              "1:28: \"json\" cannot be combined with \"body\"");
    EXPECT_EQ(refused(R"("echo": true, "body": "")"),
              "1:30: \"body\" cannot be combined with \"echo\"");
    EXPECT_EQ(refused(R"("fault": "truncate")"), "1:2: the fault truncate needs a non-empty body");
    EXPECT_EQ(refused(R"("fault": "truncate", "body": "")"),
              "1:2: the fault truncate needs a non-empty body");
    EXPECT_EQ(refused(R"("fault": "empty", "json": 1)"),
              "1:2: the fault empty sends nothing: leave out \"json\"");
    EXPECT_EQ(refused(R"("sequence": [{}], "status": 200)"),
              "1:34: \"status\" belongs in the answers of the \"sequence\"");
    EXPECT_EQ(refused(R"("sequence": [])"), "1:28: \"sequence\" needs at least one answer");
    EXPECT_EQ(refused(R"("repeat": true)"), "1:2: \"repeat\" needs a \"sequence\"");
    EXPECT_EQ(refused(R"("sequence": [{"body": "x"}, {"fault": "truncate"}])"),
              "1:44: the fault truncate needs a non-empty body");
}

TEST(RoutesFile, RefusesHeadersThatCannotBeSent) {
    EXPECT_EQ(refused(R"("headers": {"A b": "x"})"), "1:35: \"A b\" is not a header name");
    EXPECT_NE(refused(R"("headers": {"": "x"})"), "");
    EXPECT_EQ(refused(R"("headers": {"A": "x\r\nB: y"})"),
              "1:33: \"A\" needs a value without line ends and other control characters");
    EXPECT_NE(refused(R"("headers": {"A": ""})"), "");
    EXPECT_NE(refused(R"("headers": {"A": "\u0000"})"), "");
    EXPECT_EQ(refused(R"("headers": {"A": "x\ty", "B": "\u00e9"})"), "");
    EXPECT_NE(refused(R"("headers": {"content-length": "5"})"), "");
    EXPECT_NE(refused(R"("headers": {"Transfer-Encoding": "chunked"})"), "");
    EXPECT_NE(refused(R"("headers": {"Connection": "keep-alive"})"), "");
    EXPECT_EQ(refused(R"("headers": {"Connection": "close"})"), "");
    const std::string long_value(std::size_t{16} << 10, 'x');
    EXPECT_EQ(refused("\"headers\": {\"A\": \"" + long_value + "\"}"),
              "1:27: \"headers\" are 16385 bytes: the maximum is 16384");
}

}  // namespace
}  // namespace runnel::mock
