#include "pipeline/request_line.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "json/document.hpp"
#include "json/escape.hpp"
#include "pipeline/record.hpp"
#include "support/random_json.hpp"

namespace runnel {
namespace {

using namespace std::string_literals;
using test::RandomJson;
using Headers = std::vector<RequestLine::Header>;

static_assert(!std::is_aggregate_v<RequestLine>);

RequestLine read(std::string_view line) {
    Result<RequestLine> request = read_request_line(line);
    EXPECT_TRUE(request) << line << ": " << (request ? "" : request.error().message());
    return request ? std::move(*request) : RequestLine();
}

/// Returns a line with a URL and \a members.
RequestLine read_with(const std::string& members) { return read(R"({"url":"u",)" + members + "}"); }

std::string refusal(std::string_view line) {
    const Result<RequestLine> request = read_request_line(line);
    EXPECT_FALSE(request) << line;
    if (request) {
        return {};
    }
    EXPECT_EQ(request.error().error_class(), ErrorClass::BadInput);
    return request.error().message();
}

std::string refusal_with(const std::string& members) {
    return refusal(R"({"url":"u",)" + members + "}");
}

std::string written(const RequestLine& request) {
    std::string out;
    append_json(request, out);
    return out;
}

TEST(ReadRequestLine, ReadsAUrlAlone) {
    RequestLine wanted;
    wanted.url = "https://example.org/?q=\"a\"";
    EXPECT_EQ(read(R"( {"url" : "https:\/\/example.org/?q=\u0022a\""} )"), wanted);
}

TEST(ReadRequestLine, ReadsEveryMemberInAnyOrder) {
    RequestLine wanted;
    wanted.url = "https://example.org/";
    wanted.method = "POST";
    wanted.headers = {{"Accept", "text/plain"}, {"X-N", "5"}};
    wanted.body = "a\nb";
    wanted.max_time = "500ms";
    wanted.expect = "200,3xx";
    wanted.id = "42";
    wanted.extra = R"({"k":[1,2.50]})";
    EXPECT_EQ(read(R"({"extra":{"k":[1,2.50]},"id":42,"expect":"200,3xx","max_time":"500ms",)"
                   R"("body":"a\nb","headers":{"Accept":"text/plain","X-N":5},"method":"POST",)"
                   R"("url":"https://example.org/"})"),
              wanted);
}

TEST(ReadRequestLine, ComparesUnescapedMemberNames) {
    EXPECT_EQ(read(R"({"\u0075rl":"x"})").url, "x");
    EXPECT_NE(refusal(R"({"url":"x","\u0075rl":"y"})").find("twice"), std::string::npos);
}

TEST(ReadRequestLine, IgnoresOtherMembers) {
    EXPECT_EQ(read(R"({"a":{"url":"x"},"uri":"y","url":"z","a":[],"":1e400,"\ud800":0})"),
              read(R"({"url":"z"})"));
}

TEST(ReadRequestLine, TreatsNullAsAbsent) {
    EXPECT_EQ(read_with(R"("method":null,"headers":null,"body":null,"body_b64":null,)"
                        R"("max_time":null,"expect":null,"id":null,"extra":null)"),
              read(R"({"url":"u"})"));
    EXPECT_EQ(refusal(R"({"url":null})"), "the line has no \"url\"");
    EXPECT_EQ(read_with(R"("body":null,"body_b64":"YQ==")").body, "a");
}

Record record() {
    Record record;
    record.input = "https://example.org/";
    record.finished = std::chrono::system_clock::now();
    return record;
}

TEST(ReadRequestLine, ReadsARecord) {
    Record delivered = record();
    delivered.url = delivered.input;
    delivered.method = "GET";
    delivered.id = R"({"n": 1.0})";
    delivered.response_body = "{\"url\":\"no\"}";
    std::string line;
    append_json(delivered, line);
    RequestLine wanted;
    wanted.url = delivered.url;
    wanted.method = "GET";
    wanted.id = delivered.id;
    EXPECT_EQ(read(line), wanted);
}

TEST(ReadRequestLine, RefusesTheRecordOfABadInput) {
    Record failed = record();
    failed.failure = Error(ErrorClass::BadInput, "not a URL");
    std::string line;
    append_json(failed, line);
    EXPECT_EQ(refusal(line), "the line has no \"url\"");
}

TEST(ReadRequestLine, ReportsAMissingUrl) {
    EXPECT_EQ(refusal("{}"), "the line has no \"url\"");
    EXPECT_EQ(refusal(R"({"method":"GET"})"), "the line has no \"url\"");
    EXPECT_EQ(refusal(R"({"url":""})"), "\"url\" is empty");
}

TEST(ReadRequestLine, NamesAMemberOfTheWrongKind) {
    EXPECT_EQ(refusal(R"({"url":5})"), "\"url\" must be a string");
    EXPECT_EQ(refusal_with(R"("method":true)"), "\"method\" must be a string");
    EXPECT_EQ(refusal_with(R"("headers":["A: b"])"), "\"headers\" must be an object");
    EXPECT_EQ(refusal_with(R"("headers":"A: b")"), "\"headers\" must be an object");
    EXPECT_EQ(refusal_with(R"("body_b64":5)"), "\"body_b64\" must be a string");
    EXPECT_EQ(refusal_with(R"("max_time":[5])"), "\"max_time\" must be a string or a number");
    EXPECT_EQ(refusal_with(R"("expect":{})"),
              "\"expect\" must be a string, a number or an array of those");
    EXPECT_EQ(refusal_with(R"("expect":[[200]])"),
              "\"expect\" must be a string, a number or an array of those");
}

TEST(ReadRequestLine, RefusesARepeatedMember) {
    for (const char* member : {R"("url":"v")", R"("url":null)"}) {
        EXPECT_EQ(refusal_with(member), "\"url\" is given twice");
    }
    for (const char* member :
         {R"("method":"GET")", R"("headers":{})", R"("body":"")", R"("body_b64":"")",
          R"("max_time":1)", R"("expect":200)", R"("id":1)", R"("extra":null)"}) {
        EXPECT_NE(refusal_with(member + ","s + member).find(" is given twice"), std::string::npos);
    }
}

TEST(ReadRequestLine, RefusesWhatIsNotStrictJson) {
    for (const char* line :
         {R"({"url":"u"} x)", R"({"url":"u"}{})", R"({"url":"u",})", R"({"url":"u",,,})",
          R"({"url":"u")", R"({"url":"u","a":01})", R"({"url":"u","a":tru})", R"({url:"u"})",
          R"({'url':'u'})", R"({"url":"u","a":"\x"})", "{\"url\":\"\xff\"}", "{\"url\":\"a\nb\"}",
          R"({"url":"u","id":[1,]})", R"({"url":"u","headers":{"A":"b",}})", R"({"url":"u)"}) {
        EXPECT_EQ(refusal(line).find("not JSON: "), 0U) << line << ": " << refusal(line);
    }
    EXPECT_EQ(refusal("{\"url\":\"u\"}\0x"s),
              "not JSON: unexpected text after the value (column 12)");
}

TEST(ReadRequestLine, ReportsTheColumn) {
    EXPECT_EQ(refusal(R"({"url" "u"})"), "not JSON: a colon is missing (column 8)");
    EXPECT_EQ(refusal("{\"url\":\"\xff\"}"), "not JSON: the text is not UTF-8 (column 9)");
}

TEST(ReadRequestLine, RefusesOtherValuesThanObjects) {
    for (const char* line : {"", " ", "[]", "\"https://example.org/\"", "null", "https://x/"}) {
        EXPECT_EQ(refusal(line), "the line is not a JSON object") << line;
    }
}

TEST(ReadRequestLine, LimitsTheDepth) {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    EXPECT_NE(refusal_with("\"extra\":" + deep).find("nested more than 1024 deep"),
              std::string::npos);
    EXPECT_NE(refusal_with("\"other\":" + deep).find("nested more than 1024 deep"),
              std::string::npos);
}

TEST(ReadRequestLine, RefusesUnpairedSurrogatesInText) {
    EXPECT_EQ(refusal(R"({"url":"\ud800"})"), "\"url\" contains an unpaired surrogate");
    EXPECT_EQ(refusal_with(R"("body":"\udc00")"), "\"body\" contains an unpaired surrogate");
    EXPECT_EQ(read_with(R"("id":"\udc00")").id, R"("\udc00")");
}

TEST(ReadRequestLine, AcceptsATokenAsMethod) {
    EXPECT_EQ(read_with(R"("method":"PURGE")").method, "PURGE");
    EXPECT_EQ(read_with(R"("method":"m-search!")").method, "m-search!");
    for (const char* method : {"", "GET /", "GE T", "G\\r\\nET", "G\\u0000", "(GET)", "\\u00fc"}) {
        EXPECT_EQ(refusal_with(R"("method":")"s + method + '"'),
                  "\"method\" is not a method: use a word such as POST");
    }
}

TEST(ReadRequestLine, KeepsTheOrderOfHeaders) {
    EXPECT_EQ(read_with(R"("headers":{"B":"1","A":["2",3],"b":"","B":"4","C":[]})").headers,
              Headers({{"B", "1"}, {"A", "2"}, {"A", "3"}, {"b", ""}, {"B", "4"}}));
}

TEST(ReadRequestLine, KeepsHeaderNumbersAsWritten) {
    EXPECT_EQ(read_with(R"("headers":{"A":-1.50,"B":12345678901234567890123})").headers,
              Headers({{"A", "-1.50"}, {"B", "12345678901234567890123"}}));
}

TEST(ReadRequestLine, AcceptsAnyTextAsHeaderValue) {
    EXPECT_EQ(read_with(R"("headers":{"A":" \"\t\u00fc: "})").headers,
              Headers({{"A", " \"\t\xC3\xBC: "}}));
}

TEST(ReadRequestLine, RefusesHeaderValuesOfOtherKinds) {
    for (const char* value : {"null", "true", "{}", "[null]", "[[]]", "[\"a\",false]"}) {
        EXPECT_EQ(refusal_with(R"("headers":{"A":)"s + value + "}"),
                  "header \"A\" must be a string, a number or an array of those");
    }
}

TEST(ReadRequestLine, RefusesLineEndsAndNulInHeaders) {
    for (const char* bad : {"a\\rb", "a\\nb", "\\r\\nX: y", "a\\u0000", "\\u000a"}) {
        EXPECT_EQ(refusal_with(R"("headers":{"A":")"s + bad + "\"}"),
                  "header \"A\" has a value with CR, LF or NUL");
        EXPECT_EQ(refusal_with(R"("headers":{"A":["x",")"s + bad + "\"]}"),
                  "header \"A\" has a value with CR, LF or NUL");
        EXPECT_EQ(refusal_with(R"("headers":{")"s + bad + "\":\"x\"}"),
                  "\"headers\" contains a header name with CR, LF or NUL");
    }
}

TEST(ReadRequestLine, RefusesInvalidHeaderNames) {
    for (const char* name : {"", "A:", "A B", " A", "\xC3\xBC", "(A)", "A\x7f"}) {
        EXPECT_EQ(refusal_with(R"("headers":{")"s + name + "\":\"x\"}"),
                  "\"headers\" contains an invalid header name: \""s + name + '"');
    }
    EXPECT_NE(refusal_with(R"("headers":{"\ud800":"x"})").find("invalid header name"),
              std::string::npos);
}

TEST(ReadRequestLine, ShowsNoHeaderValueAndNoBody) {
    for (const char* members :
         {R"("headers":{"Authorization":"secret\n"})", R"("headers":{"Cookie":["secret",{}]})",
          R"("body":"secret","body_b64":"c2VjcmV0")", R"("body":"secret\ud800")",
          R"("body_b64":"secret!")", R"("body":"secret)", R"("headers":{"A":"secret\q"})"}) {
        EXPECT_EQ(refusal_with(members).find("secret"), std::string::npos) << members;
    }
}

TEST(ReadRequestLine, UnescapesAStringBody) {
    EXPECT_EQ(read_with(R"("body":"a\r\n\u0000\u00fc\\")").body, "a\r\n\0\xC3\xBC\\"s);
    EXPECT_EQ(read_with(R"("body":"")").body, "");
}

TEST(ReadRequestLine, KeepsOtherBodiesAsJson) {
    EXPECT_EQ(read_with(R"("body": {"a": [1.0, "\u0061"]} )").body, R"({"a": [1.0, "\u0061"]})");
    EXPECT_EQ(read_with(R"("body":[])").body, "[]");
    EXPECT_EQ(read_with(R"("body":1e400)").body, "1e400");
    EXPECT_EQ(read_with(R"("body":false)").body, "false");
}

TEST(ReadRequestLine, DecodesABase64Body) {
    EXPECT_EQ(read_with(R"("body_b64":"AP8K")").body, "\0\xff\n"s);
    EXPECT_EQ(read_with(R"("body_b64":"")").body, "");
    EXPECT_EQ(refusal_with(R"("body_b64":"AP8")"), "\"body_b64\" is not Base64 with its padding");
    EXPECT_EQ(refusal_with(R"("body_b64":"AP8K\n")"),
              "\"body_b64\" is not Base64 with its padding");
}

TEST(ReadRequestLine, RefusesTwoBodies) {
    const std::string both = "the line has two of \"body\", \"body_b64\" and \"json\"";
    EXPECT_EQ(refusal_with(R"("body":"","body_b64":"")"), both);
    EXPECT_EQ(refusal_with(R"("body_b64":"YQ==","body":{})"), both);
}

TEST(ReadRequestLine, NamesTheMemberThatAMisspeltOneStandsFor) {
    EXPECT_EQ(refusal_with(R"("data":"x")"), "\"data\" is not a member of a request: use \"body\"");
    EXPECT_EQ(refusal_with(R"("Max-Time":null)"),
              "\"Max-Time\" is not a member of a request: use \"max_time\"");
    EXPECT_EQ(refusal_with(R"("method\u0073":"PUT")"),
              "\"methods\" is not a member of a request: use \"method\"");
}

TEST(ReadRequestLine, ReadsAJsonBodyWithItsType) {
    const RequestLine line = read_with(R"("json":{"a": 1})");
    EXPECT_EQ(line.body, "{\"a\": 1}");
    EXPECT_EQ(line.headers,
              (std::vector<RequestLine::Header>{{"Content-Type", "application/json"}}));
    EXPECT_EQ(read_with(R"("headers":{"CONTENT-TYPE":"x/y"},"json":1)").headers.size(), 1U);
}

TEST(ReadRequestLine, AcceptsADurationAsTextOrNumber) {
    EXPECT_EQ(read_with(R"("max_time":"500ms")").max_time, "500ms");
    EXPECT_EQ(read_with(R"("max_time":2.50)").max_time, "2.50");
    EXPECT_EQ(read_with(R"("max_time":0)").max_time, "0");
    EXPECT_EQ(refusal_with(R"("max_time":"soon")"),
              "\"max_time\": \"soon\" is not a duration: use 250ms, 5s, 2m or 1h");
    EXPECT_EQ(refusal_with(R"("max_time":-1)").find("\"max_time\": \"-1\" is not a duration"), 0U);
    EXPECT_EQ(refusal_with(R"("max_time":"")").find("\"max_time\": "), 0U);
}

TEST(ReadRequestLine, JoinsTheExpectedStatuses) {
    EXPECT_EQ(read_with(R"("expect":"200,3xx")").expect, "200,3xx");
    EXPECT_EQ(read_with(R"("expect":404)").expect, "404");
    EXPECT_EQ(read_with(R"("expect":[200,"3xx","404,410"])").expect, "200,3xx,404,410");
    for (const char* value : {"\"\"", "[]", "[\"\"]"}) {
        EXPECT_EQ(refusal_with("\"expect\":"s + value), "\"expect\" is empty");
    }
}

TEST(ReadRequestLine, KeepsIdAndExtraAsWritten) {
    for (const char* json :
         {"0", "-1.50E+400", "\"a\\u0062\\/\"", "true", "{}", "[]", "[[]]", "{\"a\":{}}",
          "{ \"a\" : [ 1 , 2 ] }", "123456789012345678901234567890", "{\"a\":1,\"a\":2}"}) {
        const RequestLine request =
            read("{\"id\" :  "s + json + "  ,\"url\":\"u\",\"extra\":" + json + " }");
        EXPECT_EQ(request.id, json);
        EXPECT_EQ(request.extra, json);
    }
}

TEST(WriteRequestLine, WritesOnlyPresentMembers) {
    RequestLine request;
    request.url = "https://example.org/\"";
    EXPECT_EQ(written(request), "{\"url\":\"https://example.org/\\\"\"}\n");
}

TEST(WriteRequestLine, WritesAllMembersInOrder) {
    RequestLine request;
    request.extra = "{ }";
    request.id = "\"7\"";
    request.expect = "any";
    request.max_time = "5";
    request.body = "a\n";
    request.headers = {{"A", "1"}, {"B", "2"}, {"B", "3"}, {"A", "4"}};
    request.method = "PUT";
    request.url = "u";
    EXPECT_EQ(written(request),
              R"({"url":"u","method":"PUT","headers":{"A":"1","B":["2","3"],"A":"4"},)"
              R"("body":"a\n","max_time":"5","expect":"any","id":"7","extra":{ }})"
              "\n");
}

TEST(WriteRequestLine, WritesABodyThatIsNotTextInBase64) {
    RequestLine request;
    request.url = "u";
    request.body = "\xff\n";
    EXPECT_EQ(written(request), "{\"url\":\"u\",\"body_b64\":\"/wo=\"}\n");
}

TEST(WriteRequestLine, StaysOneLine) {
    RequestLine request = read("{\"url\":\"u\",\"id\":[1,\n2],\r\n\"extra\":{\"a\":\r\n1}}");
    EXPECT_EQ(request.id, "[1,\n2]");
    EXPECT_EQ(written(request), "{\"url\":\"u\",\"id\":[1, 2],\"extra\":{\"a\":  1}}\n");
}

TEST(WriteRequestLine, AppendsToTheText) {
    RequestLine request;
    request.url = "u";
    std::string out = "before\n";
    append_json(request, out);
    EXPECT_EQ(out, "before\n{\"url\":\"u\"}\n");
}

class RandomRequests {
public:
    explicit RandomRequests(unsigned seed) : random_(seed) {}

    RequestLine next() {
        RequestLine request;
        request.url = "u" + text();
        if (maybe()) {
            request.method = token();
        }
        for (std::size_t left = random_.below(5); left > 0; --left) {
            std::string value = text();
            std::erase_if(value, [](char byte) { return byte == '\n' || byte == '\0'; });
            request.headers.emplace_back(token(), value);
        }
        if (maybe()) {
            request.body = text() + (maybe() ? "\xff" : "");
        }
        if (maybe()) {
            request.max_time = maybe() ? "500ms" : "2.5";
        }
        if (maybe()) {
            request.expect = maybe() ? "200,3xx" : "404";
        }
        request.id = raw();
        request.extra = raw();
        return request;
    }

    RandomJson& json() { return random_; }

private:
    bool maybe() { return random_.below(2) == 0; }

    std::string text() {
        static const std::vector<std::string> pieces = {
            "a", "\"", "\\", "\n", "\0"s, "\x7f", "\t", "\xC3\xBC", "\xF0\x9F\x98\x80", "{}[],:"};
        std::string out;
        for (std::size_t left = random_.below(5); left > 0; --left) {
            out += pieces[random_.below(pieces.size())];
        }
        return out;
    }
    std::string token() { return std::string(1 + random_.below(2), maybe() ? 'A' : '!'); }

    /// Without the white space around it, and absent where it is null.
    std::string raw() {
        std::string json = random_.next().text;
        json.erase(0, json.find_first_not_of(" \t\r"));
        json.erase(json.find_last_not_of(" \t\r") + 1);
        std::erase(json, '\r');
        return maybe() || json == "null" ? "" : json;
    }

    RandomJson random_;
};

TEST(WriteRequestLine, ReadsBackAsTheSameRequest) {
    RandomRequests random(21);
    for (int round = 0; round < 5000; ++round) {
        const RequestLine request = random.next();
        const std::string line = written(request);
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        EXPECT_TRUE(is_valid_json(line)) << line;
        ASSERT_EQ(read(line), request) << line;
    }
}

TEST(ReadRequestLine, ReturnsARequestOrAnErrorForMutatedLines) {
    RandomRequests random(22);
    int read = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string line = test::mutated(written(random.next()), random.json());
        const Result<RequestLine> request = read_request_line(line);
        if (request) {
            EXPECT_TRUE(is_valid_json(line)) << line;
            EXPECT_FALSE(request->url.empty());
            ASSERT_EQ(read_request_line(written(*request)).ok(), true) << line;
            ++read;
        } else {
            EXPECT_EQ(request.error().error_class(), ErrorClass::BadInput);
            EXPECT_TRUE(is_valid_utf8(request.error().message())) << line;
            EXPECT_EQ(request.error().message().find("not JSON") == 0 && is_valid_json(line), false)
                << line;
        }
    }
    EXPECT_GT(read, 1000);
    EXPECT_LT(read, 19'000);
}

}  // namespace
}  // namespace runnel
