#include "pipeline/record.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "json/object_writer.hpp"

namespace runnel {
namespace {

void write_input(JsonObjectWriter& object, const Record& record) {
    object.member("type", "result");
    object.member("input", record.input);
    object.text_or_null("file_in", record.file_in);
    object.member("line", record.line);
    object.raw("id", record.id);
    object.raw("extra", record.extra);
    object.member("ts", time_stamp(record.finished));
}

void write_outcome(JsonObjectWriter& object, const Record& record) {
    const Record::State state = record.state();
    object.member("ok", state == Record::State::Delivered);
    object.member("state", to_string(state));
    if (record.failure) {
        object.member("error", to_string(record.failure->error_class()));
        object.member("errormsg", record.failure->message());
    } else {
        object.null("error");
        object.null("errormsg");
    }
    object.member("exitcode", record.exitcode);
}

void write_exchange(JsonObjectWriter& object, const Record& record) {
    object.text_or_null("method", record.method);
    object.text_or_null("url", record.url);
    object.text_or_null("url_effective", record.url_effective);
    object.member("response_code", record.response_code);
    object.text_or_null("http_version", record.http_version);
    object.text_or_null("content_type", record.content_type);
    object.member("size_download", record.size_download);
    object.member("size_header", record.size_header);
    object.member("num_redirects", record.num_redirects);
    object.member("attempts", record.attempts);
    object.member("hedged", record.hedged);
    object.member("not_modified", record.not_modified);
    object.text_or_null("remote_ip", record.remote_ip);
    if (record.remote_port != 0) {
        object.member("remote_port", record.remote_port);
    } else {
        object.null("remote_port");
    }
}

void write_times(JsonObjectWriter& object, const Record& record) {
    object.seconds("time_namelookup", record.time_namelookup);
    object.seconds("time_connect", record.time_connect);
    object.seconds("time_appconnect", record.time_appconnect);
    object.seconds("time_pretransfer", record.time_pretransfer);
    object.seconds("time_starttransfer", record.time_starttransfer);
    object.seconds("time_redirect", record.time_redirect);
    object.seconds("time_total", record.time_total);
    object.seconds("time_queue", record.time_queue);
}

void write_output(JsonObjectWriter& object, const Record& record) {
    object.text_or_null("file", record.file);
    if (!record.response_body) {
        return;
    }
    if (is_valid_utf8(*record.response_body)) {
        object.member("response_body", *record.response_body);
    } else {
        object.member("response_body_b64", to_base64(*record.response_body));
    }
}

}  // namespace

std::string_view to_string(Record::State state) noexcept {
    switch (state) {
        case Record::State::Delivered: return "delivered";
        case Record::State::Failed: return "failed";
        case Record::State::Cancelled: return "cancelled";
    }
    return "failed";
}

Record::State Record::state() const noexcept {
    if (!failure) {
        return State::Delivered;
    }
    switch (failure->error_class()) {
        case ErrorClass::Deadline:
        case ErrorClass::Interrupted:
        case ErrorClass::Cancelled: return State::Cancelled;
        default: return State::Failed;
    }
}

std::string_view time_stamp(std::chrono::system_clock::time_point when) {
    struct Cached {
        std::chrono::sys_seconds second = std::chrono::sys_seconds::min();
        std::array<char, 40> text{};
        char* millis = nullptr;  ///< Where the last three digits begin.
    };
    thread_local Cached cached;
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(when);
    const auto second = std::chrono::floor<std::chrono::seconds>(millis);
    if (cached.second != second) {
        const auto day = std::chrono::floor<std::chrono::days>(second);
        const std::chrono::year_month_day date(day);
        const std::chrono::hh_mm_ss time(second - day);
        cached.second = second;
        cached.millis =
            fmt::format_to(cached.text.data(), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.",
                           static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                           static_cast<unsigned>(date.day()), time.hours().count(),
                           time.minutes().count(), time.seconds().count());
    }
    const auto part = static_cast<unsigned>((millis - second).count());
    char* at = cached.millis;
    *at++ = static_cast<char>('0' + part / 100);
    *at++ = static_cast<char>('0' + part / 10 % 10);
    *at++ = static_cast<char>('0' + part % 10);
    *at++ = 'Z';
    return {cached.text.data(), static_cast<std::size_t>(at - cached.text.data())};
}

void append_json(const Record& record, std::string& out) {
    JsonObjectWriter object(out);
    write_input(object, record);
    write_outcome(object, record);
    write_exchange(object, record);
    write_times(object, record);
    write_output(object, record);
    object.end_line();
}

}  // namespace runnel
