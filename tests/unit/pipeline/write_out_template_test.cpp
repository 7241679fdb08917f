#include "pipeline/write_out_template.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/descriptors.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

Record delivered() {
    Record record;
    record.input = "http://a/ input";
    record.file_in = "urls";
    record.line = 7;
    record.id = "\"the id\"";
    record.extra = "{\"x\":1}";
    record.finished = std::chrono::system_clock::time_point(1'795'000'000s + 42ms);
    record.exitcode = 0;
    record.method = "GET";
    record.url = "http://a/";
    record.url_effective = "http://b/";
    record.response_code = 200;
    record.http_version = "1.1";
    record.content_type = "text/plain";
    record.size_download = 11;
    record.size_header = 22;
    record.num_redirects = 1;
    record.attempts = 3;
    record.remote_ip = "127.0.0.1";
    record.remote_port = 8080;
    record.time_namelookup = 1us;
    record.time_total = 12s + 345'678us;
    record.time_queue = 0us;
    record.file = "out/a";
    return record;
}

/// Returns the output of \a format for \a record.
std::string printed(std::string_view format, const Record& record = delivered(),
                    const Strings& kept = {}) {
    const Result<WriteOutTemplate> parsed = WriteOutTemplate::parse(format);
    if (!parsed) {
        return "refused: " + parsed.error().message();
    }
    std::string out = ">";
    parsed->append(record, kept, out);
    return out.substr(1);
}

std::string refusal(std::string_view format) {
    const Result<WriteOutTemplate> parsed = WriteOutTemplate::parse(format);
    EXPECT_FALSE(parsed) << format;
    return parsed ? "" : parsed.error().message();
}

TEST(WriteOutTemplate, PrintsPlainText) {
    EXPECT_EQ(printed(""), "");
    EXPECT_EQ(printed("plain text, {braces}, gr\xc3\xbc\xc3\x9f"),
              "plain text, {braces}, gr\xc3\xbc\xc3\x9f");
}

TEST(WriteOutTemplate, ReplacesFourEscapesAndKeepsOthers) {
    EXPECT_EQ(printed(R"(a\tb\nc\rd\\e)"), "a\tb\nc\rd\\e");
    EXPECT_EQ(printed(R"(\\n)"), "\\n");
    EXPECT_EQ(printed(R"(\x\")"), R"(\x\")");
    EXPECT_EQ(printed("end\\"), "end\\");
}

TEST(WriteOutTemplate, KeepsALonePercentSign) {
    EXPECT_EQ(printed("100%% 5% %d %"), "100% 5% %d %");
    EXPECT_EQ(printed("%%{http_code}"), "%{http_code}");
    EXPECT_EQ(printed("%header %json"), "%header %json");
}

TEST(WriteOutTemplate, PrintsEveryKeyOfTheRecord) {
    EXPECT_EQ(printed("%{type} %{input}|%{file_in} %{line} %{id} %{extra}"),
              "result http://a/ input|urls 7 \"the id\" {\"x\":1}");
    EXPECT_EQ(printed("%{ts} %{ok} %{state}|%{error}|%{errormsg}|%{exitcode}"),
              "2026-11-18T11:06:40.042Z true delivered|||0");
    EXPECT_EQ(printed("%{method} %{url} %{url_effective} %{response_code} %{http_version}"),
              "GET http://a/ http://b/ 200 1.1");
    EXPECT_EQ(printed("%{content_type} %{size_download} %{size_header} %{num_redirects}"),
              "text/plain 11 22 1");
    EXPECT_EQ(printed("%{attempts} %{hedged} %{not_modified} %{remote_ip} %{remote_port} %{file}"),
              "3 false false 127.0.0.1 8080 out/a");
    EXPECT_EQ(printed("%{time_namelookup}|%{time_connect}|%{time_appconnect}|%{time_pretransfer}|"
                      "%{time_starttransfer}|%{time_redirect}|%{time_total}|%{time_queue}"),
              "0.000001|0.000000|0.000000|0.000000|0.000000|0.000000|12.345678|0.000000");
}

TEST(WriteOutTemplate, KeepsAnInputInItsColumn) {
    Record record;
    record.input = "a\tb\nc\\d";
    EXPECT_EQ(printed("%{input}\\t%{ok}", record), "a\\tb\\nc\\\\d\ttrue");
}

TEST(WriteOutTemplate, AcceptsMoreNamesOfCurl) {
    EXPECT_EQ(printed("%{http_code} %{num_retries} %{filename_effective}"), "200 2 out/a");
}

TEST(WriteOutTemplate, PrintsTheWholeRecordWithoutItsNewline) {
    std::string json;
    append_json(delivered(), json);
    EXPECT_EQ(printed("%{json};"), json.substr(0, json.size() - 1) + ";");
}

TEST(WriteOutTemplate, PrintsUnknownValuesAsCurlDoes) {
    Record record;
    record.failure = Error(ErrorClass::Dns, "no such name");
    EXPECT_EQ(printed("%{error}: %{errormsg}, %{state} %{ok}", record),
              "dns: no such name, failed false");
    EXPECT_EQ(printed("%{http_code} %{response_code}", record), "000 000");
    EXPECT_EQ(printed("[%{line}%{id}%{exitcode}%{method}%{url}%{http_version}%{content_type}"
                      "%{remote_ip}%{remote_port}%{file}]",
                      record),
              "[]");
    EXPECT_EQ(printed("%{time_total} %{time_queue}", record), "0.000000 0.000000");
    EXPECT_EQ(printed("%{size_download} %{attempts} %{num_retries}", record), "0 0 0");
}

TEST(WriteOutTemplate, ReturnsTheHeadersAndPointersItNeeds) {
    const Result<WriteOutTemplate> parsed =
        WriteOutTemplate::parse("%json{/a/0} %header{Content-Type} %{url} %json{} %header{x-y}");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->headers(), (Strings{"Content-Type", "x-y"}));
    ASSERT_EQ(parsed->pointers().size(), 2U);
    EXPECT_EQ(parsed->pointers()[0].text(), "/a/0");
    EXPECT_EQ(parsed->pointers()[1].text(), "");
}

TEST(WriteOutTemplate, PrintsHeadersAndPointers) {
    const char* format = "%json{/a} %header{h} %json{/b} %header{i}.";
    EXPECT_EQ(printed(format, delivered(), {"H", "I", "A", "B"}), "A H B I.");
    EXPECT_EQ(printed(format, delivered(), {"H", "I"}), " H  I.");
    EXPECT_EQ(printed(format, delivered(), {}), "   .");
}

TEST(WriteOutTemplate, RefusesAnUnknownVariableAndListsTheKnownOnes) {
    for (const char* format : {"%{nope}", "%{}", "%{HTTP_CODE}", "%{http_code }", "a%{stderr}"}) {
        const std::string why = refusal(format);
        EXPECT_NE(why.find("unknown variable"), std::string::npos) << why;
        for (const char* name : {"http_code", "time_total", "json", "url"}) {
            EXPECT_NE(why.find(name), std::string::npos) << why;
        }
    }
    EXPECT_NE(refusal("%{nope}").find("%{nope}"), std::string::npos);
}

TEST(WriteOutTemplate, RefusesUnclosedBracesAndInvalidPointersAndHeaders) {
    EXPECT_NE(refusal("a %{http_code").find("brace"), std::string::npos);
    EXPECT_NE(refusal("%header{x").find("%header{"), std::string::npos);
    EXPECT_NE(refusal("%json{/a").find("%json{"), std::string::npos);
    EXPECT_NE(refusal("%json{a}").find("\"a\""), std::string::npos);
    EXPECT_NE(refusal("%header{a b}").find("header"), std::string::npos);
    EXPECT_NE(refusal("%header{}").find("header"), std::string::npos);
}

TEST(WriteOutTemplate, ReadsItsFormatFromAFileWithoutLineEnds) {
    const UniqueFd file = test::make_file("%{http_code}\r\n then\\n\n\n%{method}\n");
    const Result<WriteOutTemplate> parsed =
        WriteOutTemplate::parse_option("@/proc/self/fd/" + std::to_string(file.get()));
    ASSERT_TRUE(parsed) << parsed.error().message();
    std::string out;
    parsed->append(delivered(), {}, out);
    EXPECT_EQ(out, "200 then\nGET");
}

TEST(WriteOutTemplate, ShowsValuesAsATerminalFilterAndLeavesTheTextAlone) {
    using Values = WriteOutTemplate::Values;
    Record record = delivered();
    record.url = "http://h/\x1b\x7f";
    record.id = "\"\x7f\"";
    const Result<WriteOutTemplate> parsed =
        WriteOutTemplate::parse("\x1b[1m%{url} %{id} %header{A}\x1b[0m");
    ASSERT_TRUE(parsed);
    std::string out;
    parsed->append(record, {"v\r"}, out, Values::Shown);
    EXPECT_EQ(out, "\x1b[1mhttp://h/\\x1b\\x7f \"\\u007f\" v\\x0d\x1b[0m");
    out.clear();
    parsed->append(record, {"v\r"}, out);
    EXPECT_EQ(out, "\x1b[1mhttp://h/\x1b\x7f \"\x7f\" v\r\x1b[0m");
}

TEST(WriteOutTemplate, AcceptsAnEmptyFile) {
    const Result<WriteOutTemplate> parsed = WriteOutTemplate::parse_option("@/dev/null");
    ASSERT_TRUE(parsed);
    std::string out;
    parsed->append(delivered(), {}, out);
    EXPECT_EQ(out, "");
}

TEST(WriteOutTemplate, NamesAFileThatCannotBeRead) {
    for (const char* name : {"/no/such/file", "/", "-"}) {
        const Result<WriteOutTemplate> parsed =
            WriteOutTemplate::parse_option(std::string("@") + name);
        ASSERT_FALSE(parsed) << name;
        EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
        EXPECT_NE(parsed.error().message().find(name), std::string::npos);
    }
}

TEST(WriteOutTemplate, TreatsOtherOptionsAsTheFormat) {
    ASSERT_TRUE(WriteOutTemplate::parse_option("%{url}@x"));
    EXPECT_FALSE(WriteOutTemplate::parse_option("%{nope}"));
}

}  // namespace
}  // namespace runnel
