#include "pipeline/record.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

namespace runnel {
namespace {

using std::chrono::microseconds;
using std::chrono::sys_days;

static_assert(!std::is_aggregate_v<Record>);

std::string written(const Record& record) {
    std::string out;
    append_json(record, out);
    return out;
}

std::vector<std::string> keys_of(const std::string& line) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    EXPECT_EQ(parser.parse(line).get(object), simdjson::SUCCESS) << line;
    std::vector<std::string> keys;
    for (const auto& field : object) {
        keys.emplace_back(field.key);
    }
    return keys;
}

/// Returns the value of \a key as compact JSON.
std::string value_of(const Record& record, std::string_view key) {
    simdjson::dom::parser parser;
    simdjson::dom::element value;
    EXPECT_EQ(parser.parse(written(record))[key].get(value), simdjson::SUCCESS) << key;
    return simdjson::minify(value);
}

Record full_record() {
    Record record;
    record.input = "https://example.org/a";
    record.file_in = "urls.txt";
    record.line = 7;
    record.id = "42";
    record.extra = R"({"k":[1,2.50]})";
    record.finished = sys_days(std::chrono::November / 21 / 2026) + std::chrono::hours(5) +
                      std::chrono::minutes(31) + std::chrono::milliseconds(123);
    record.exitcode = 0;
    record.method = "GET";
    record.url = "https://example.org/a";
    record.url_effective = "https://example.org/b";
    record.response_code = 200;
    record.http_version = "1.1";
    record.content_type = "text/plain";
    record.size_download = 1234567890123;
    record.size_header = 120;
    record.num_redirects = 1;
    record.attempts = 2;
    record.hedged = true;
    record.remote_ip = "2001:db8::1";
    record.remote_port = 65535;
    record.time_namelookup = microseconds(0);
    record.time_connect = microseconds(1);
    record.time_appconnect = microseconds(20300);
    record.time_pretransfer = microseconds(20301);
    record.time_starttransfer = microseconds(999999);
    record.time_redirect = microseconds(1000000);
    record.time_total = microseconds(61000001);
    record.time_queue = microseconds(3600000000);
    record.file = "out/a";
    return record;
}

TEST(Record, WritesAFullRecord) {
    EXPECT_EQ(written(full_record()),
              R"({"type":"result","input":"https://example.org/a","file_in":"urls.txt","line":7,)"
              R"("id":42,"extra":{"k":[1,2.50]},"ts":"2026-11-21T05:31:00.123Z","ok":true,)"
              R"("state":"delivered","error":null,"errormsg":null,"exitcode":0,"method":"GET",)"
              R"("url":"https://example.org/a","url_effective":"https://example.org/b",)"
              R"("response_code":200,"http_version":"1.1","content_type":"text/plain",)"
              R"("size_download":1234567890123,"size_header":120,"num_redirects":1,"attempts":2,)"
              R"("hedged":true,"not_modified":false,"remote_ip":"2001:db8::1",)"
              R"("remote_port":65535,"time_namelookup":0.000000,"time_connect":0.000001,)"
              R"("time_appconnect":0.020300,"time_pretransfer":0.020301,)"
              R"("time_starttransfer":0.999999,"time_redirect":1.000000,)"
              R"("time_total":61.000001,"time_queue":3600.000000,"file":"out/a"})"
              "\n");
}

TEST(Record, WritesNullForUnknownValues) {
    Record record;
    record.failure = Error(ErrorClass::BadInput, "not a URL");
    EXPECT_EQ(written(record),
              R"({"type":"result","input":"","file_in":null,"line":null,"id":null,"extra":null,)"
              R"("ts":"1970-01-01T00:00:00.000Z","ok":false,"state":"failed",)"
              R"("error":"bad_input","errormsg":"not a URL","exitcode":null,"method":null,)"
              R"("url":null,"url_effective":null,"response_code":null,"http_version":null,)"
              R"("content_type":null,"size_download":0,"size_header":0,"num_redirects":0,)"
              R"("attempts":0,"hedged":false,"not_modified":false,"remote_ip":null,)"
              R"("remote_port":null,"time_namelookup":null,"time_connect":null,)"
              R"("time_appconnect":null,"time_pretransfer":null,"time_starttransfer":null,)"
              R"("time_redirect":null,"time_total":null,"time_queue":null,"file":null})"
              "\n");
}

TEST(Record, AlwaysHasTheSameKeysInTheSameOrder) {
    EXPECT_EQ(keys_of(written(Record())), keys_of(written(full_record())));
    EXPECT_EQ(keys_of(written(Record())).size(), 35U);
}

TEST(Record, AppendsOneLineEach) {
    std::string out;
    append_json(full_record(), out);
    append_json(Record(), out);
    EXPECT_EQ(out, written(full_record()) + written(Record()));
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
}

TEST(Record, DerivesItsStateFromTheFailure) {
    Record record;
    EXPECT_EQ(value_of(record, "ok"), "true");
    EXPECT_EQ(value_of(record, "state"), R"("delivered")");
    for (const auto error_class :
         {ErrorClass::HttpStatus, ErrorClass::Sink, ErrorClass::HostDown}) {
        record.failure = Error(error_class, "why");
        EXPECT_EQ(value_of(record, "ok"), "false");
        EXPECT_EQ(value_of(record, "state"), R"("failed")");
    }
    for (const auto error_class :
         {ErrorClass::Deadline, ErrorClass::Interrupted, ErrorClass::Cancelled}) {
        record.failure = Error(error_class, "why");
        EXPECT_EQ(value_of(record, "ok"), "false");
        EXPECT_EQ(value_of(record, "state"), R"("cancelled")");
    }
}

TEST(Record, PassesIdAndExtraThrough) {
    Record record;
    record.id = R"("\u00e4\/")";
    record.extra = R"({"big":12345678901234567890123, "e":1.0E+2})";
    const std::string line = written(record);
    EXPECT_NE(line.find(R"("id":"\u00e4\/","extra":{"big":12345678901234567890123, "e":1.0E+2},)"),
              std::string::npos);
}

TEST(Record, StaysOneLineWhenExtraSpansSeveral) {
    Record record;
    record.extra = "{\r\n  \"a\": 1\n}";
    const std::string line = written(record);
    EXPECT_EQ(line.find_first_of("\r\n"), line.size() - 1);
    EXPECT_EQ(value_of(record, "extra"), R"({"a":1})");
}

TEST(Record, StampsTimesInUtcWithMilliseconds) {
    const auto stamp = [](std::chrono::system_clock::time_point when) {
        Record record;
        record.finished = when;
        return value_of(record, "ts");
    };
    const auto day = sys_days(std::chrono::February / 29 / 2028);
    EXPECT_EQ(stamp(day), R"("2028-02-29T00:00:00.000Z")");
    EXPECT_EQ(stamp(day + microseconds(999)), R"("2028-02-29T00:00:00.000Z")");
    EXPECT_EQ(stamp(day + microseconds(7000)), R"("2028-02-29T00:00:00.007Z")");
    EXPECT_EQ(stamp(day - microseconds(1)), R"("2028-02-28T23:59:59.999Z")");
    EXPECT_EQ(stamp(day + std::chrono::hours(24)), R"("2028-03-01T00:00:00.000Z")");
    EXPECT_EQ(stamp(sys_days(std::chrono::January / 1 / 1970) - microseconds(1)),
              R"("1969-12-31T23:59:59.999Z")");
}

TEST(Record, WritesNegativeTimesAsZero) {
    Record record;
    record.time_total = microseconds(-5);
    EXPECT_NE(written(record).find(R"("time_total":0.000000)"), std::string::npos);
}

TEST(Record, WritesABodyAsTextOrInBase64) {
    Record record;
    record.response_body.emplace();
    EXPECT_EQ(value_of(record, "response_body"), R"("")");
    EXPECT_EQ(keys_of(written(record)).back(), "response_body");
    record.response_body = "line\n\xE6\x9D\xB1";
    EXPECT_EQ(value_of(record, "response_body"), "\"line\\n\xE6\x9D\xB1\"");
    const std::pair<std::string_view, std::string_view> encodings[] = {
        {"\xFF", "/w=="},
        {"\xFF\xFE", "//4="},
        {"\xFF\xFE\xFD", "//79"},
        {"\xFF"
         "abc",
         "/2FiYw=="},
    };
    for (const auto& [bytes, base64] : encodings) {
        record.response_body = bytes;
        EXPECT_EQ(value_of(record, "response_body_b64"), '"' + std::string(base64) + '"');
        EXPECT_EQ(keys_of(written(record)).size(), 36U);
    }
}

TEST(Record, WritesTextLongerThanAnyBuffer) {
    for (const std::size_t size : {2000U, 2047U, 2048U, 2049U, 5000U, 100000U}) {
        Record record = full_record();
        record.url = std::string(size, 'u');
        record.extra = '"' + std::string(size, 'e') + '"';
        record.response_body = std::string(size, '\xFF');
        EXPECT_EQ(value_of(record, "url"), '"' + record.url + '"');
        EXPECT_EQ(value_of(record, "extra"), record.extra);
        EXPECT_EQ(value_of(record, "response_body_b64").size(), (size + 2) / 3 * 4 + 2);
        EXPECT_EQ(value_of(record, "time_queue"), "3600.0");
    }
}

TEST(Record, IsValidJsonForAnyStrings) {
    std::mt19937 random(11);
    const auto bytes = [&random] {
        std::string text(random() % 60, '\0');
        std::generate(text.begin(), text.end(), [&random] { return static_cast<char>(random()); });
        return text;
    };
    const std::vector<std::string> keys = keys_of(written(Record()));
    for (int round = 0; round < 3000; ++round) {
        Record record = full_record();
        for (std::string* text :
             {&record.input, &record.file_in, &record.method, &record.url, &record.url_effective,
              &record.http_version, &record.content_type, &record.remote_ip, &record.file}) {
            *text = bytes();
        }
        record.failure = Error(ErrorClass::Protocol, bytes());
        const std::string line = written(record);
        ASSERT_EQ(keys_of(line), keys);
        ASSERT_EQ(line.find('\n'), line.size() - 1);
    }
}

}  // namespace
}  // namespace runnel
