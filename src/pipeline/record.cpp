#include "pipeline/record.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "json/escape.hpp"

namespace runnel {
namespace {

/// Gathers small pieces on the stack, where copying a literal is a few instructions, and hands them
/// to the output string in few large appends. A million records are written next to requests that
/// take 17 us each, so this is counted in nanoseconds (tests/bench/record_benchmark.cpp).
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() = default;

    void flush() {
        out_.append(buffer_.data(), used_);
        used_ = 0;
    }

    template <std::size_t Size>
    void literal(const char (&text)[Size]) {
        make_room(Size - 1);
        std::memcpy(buffer_.data() + used_, text, Size - 1);
        used_ += Size - 1;
    }

    void raw(std::string_view text) {
        if (text.size() > buffer_.size()) {
            flush();
            out_.append(text);
            return;
        }
        make_room(text.size());
        std::copy(text.begin(), text.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
        used_ += text.size();
    }

    void string(std::string_view text) {
        if (plain_prefix(text) == text.size()) {
            literal("\"");
            raw(text);
            literal("\"");
        } else {
            flush();
            append_json_string(out_, text);
        }
    }

    void string_or_null(std::string_view text) {
        if (text.empty()) {
            literal("null");
        } else {
            string(text);
        }
    }

    /// JSON text that stays one line: a line end can only be white space between its tokens.
    void json_or_null(std::string_view text) {
        if (text.find_first_of("\r\n") == std::string_view::npos) {
            raw(text.empty() ? "null" : text);
            return;
        }
        std::string one_line(text);
        std::replace(one_line.begin(), one_line.end(), '\n', ' ');
        std::replace(one_line.begin(), one_line.end(), '\r', ' ');
        raw(one_line);
    }

    template <class Integer>
    void number(Integer value) {
        const fmt::format_int digits(value);
        raw({digits.data(), digits.size()});
    }

    template <class Integer>
    void number_or_null(const std::optional<Integer>& value) {
        if (value) {
            number(*value);
        } else {
            literal("null");
        }
    }

    void boolean(bool value) {
        if (value) {
            literal("true");
        } else {
            literal("false");
        }
    }

    /// Seconds with six decimals.
    void seconds_or_null(const Record::Time& time) {
        if (!time) {
            literal("null");
            return;
        }
        const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(time->count(), 0));
        number(micros / 1'000'000);
        literal(".000000");
        char* digit = buffer_.data() + used_;
        for (std::uint64_t rest = micros % 1'000'000; rest != 0; rest /= 10) {
            *--digit = static_cast<char>('0' + rest % 10);
        }
    }

private:
    void make_room(std::size_t size) {
        if (size > buffer_.size() - used_) {
            flush();
        }
    }

    std::string& out_;
    std::size_t used_ = 0;
    std::array<char, 2048> buffer_;
};

/// `2026-11-21T05:31:00.`: the same for all records of a second, so it is kept.
std::string_view utc_second(std::chrono::sys_seconds second) {
    class Kept {
    public:
        std::chrono::sys_seconds second = std::chrono::sys_seconds::min();
        std::array<char, 32> text{};
        std::size_t size = 0;
    };
    thread_local Kept kept;
    if (kept.second != second) {
        const auto day = std::chrono::floor<std::chrono::days>(second);
        const std::chrono::year_month_day date(day);
        const std::chrono::hh_mm_ss time(second - day);
        const auto end =
            fmt::format_to_n(kept.text.data(), kept.text.size(),
                             "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             time.hours().count(), time.minutes().count(), time.seconds().count());
        kept.second = second;
        kept.size = end.size;
    }
    return {kept.text.data(), kept.size};
}

void write_time_stamp(Writer& writer, std::chrono::system_clock::time_point when) {
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(when);
    const auto second = std::chrono::floor<std::chrono::seconds>(millis);
    const auto part = static_cast<unsigned>((millis - second).count());
    const std::array<char, 3> digits = {static_cast<char>('0' + part / 100),
                                        static_cast<char>('0' + part / 10 % 10),
                                        static_cast<char>('0' + part % 10)};
    writer.literal("\"");
    writer.raw(utc_second(second));
    writer.raw({digits.data(), digits.size()});
    writer.literal("Z\"");
}

void write_outcome(Writer& writer, const Record& record) {
    const Record::State state = record.state();
    writer.literal(R"(,"ok":)");
    writer.boolean(state == Record::State::Delivered);
    writer.literal(R"(,"state":")");
    writer.raw(to_string(state));
    if (record.failure) {
        writer.literal(R"(","error":")");
        writer.raw(to_string(record.failure->error_class()));
        writer.literal(R"(","errormsg":)");
        writer.string(record.failure->message());
    } else {
        writer.literal(R"(","error":null,"errormsg":null)");
    }
    writer.literal(R"(,"exitcode":)");
    writer.number_or_null(record.exitcode);
}

void write_input(Writer& writer, const Record& record) {
    writer.literal(R"({"type":"result","input":)");
    writer.string(record.input);
    writer.literal(R"(,"file_in":)");
    writer.string_or_null(record.file_in);
    writer.literal(R"(,"line":)");
    writer.number_or_null(record.line);
    writer.literal(R"(,"id":)");
    writer.json_or_null(record.id);
    writer.literal(R"(,"extra":)");
    writer.json_or_null(record.extra);
    writer.literal(R"(,"ts":)");
    write_time_stamp(writer, record.finished);
}

void write_exchange(Writer& writer, const Record& record) {
    writer.literal(R"(,"method":)");
    writer.string_or_null(record.method);
    writer.literal(R"(,"url":)");
    writer.string_or_null(record.url);
    writer.literal(R"(,"url_effective":)");
    writer.string_or_null(record.url_effective);
    writer.literal(R"(,"response_code":)");
    writer.number_or_null(record.response_code);
    writer.literal(R"(,"http_version":)");
    writer.string_or_null(record.http_version);
    writer.literal(R"(,"content_type":)");
    writer.string_or_null(record.content_type);
    writer.literal(R"(,"size_download":)");
    writer.number(record.size_download);
    writer.literal(R"(,"size_header":)");
    writer.number(record.size_header);
    writer.literal(R"(,"num_redirects":)");
    writer.number(record.num_redirects);
    writer.literal(R"(,"attempts":)");
    writer.number(record.attempts);
    writer.literal(R"(,"hedged":)");
    writer.boolean(record.hedged);
    writer.literal(R"(,"not_modified":)");
    writer.boolean(record.not_modified);
    writer.literal(R"(,"remote_ip":)");
    writer.string_or_null(record.remote_ip);
    writer.literal(R"(,"remote_port":)");
    if (record.remote_port != 0) {
        writer.number(unsigned{record.remote_port});
    } else {
        writer.literal("null");
    }
}

void write_times(Writer& writer, const Record& record) {
    writer.literal(R"(,"time_namelookup":)");
    writer.seconds_or_null(record.time_namelookup);
    writer.literal(R"(,"time_connect":)");
    writer.seconds_or_null(record.time_connect);
    writer.literal(R"(,"time_appconnect":)");
    writer.seconds_or_null(record.time_appconnect);
    writer.literal(R"(,"time_pretransfer":)");
    writer.seconds_or_null(record.time_pretransfer);
    writer.literal(R"(,"time_starttransfer":)");
    writer.seconds_or_null(record.time_starttransfer);
    writer.literal(R"(,"time_redirect":)");
    writer.seconds_or_null(record.time_redirect);
    writer.literal(R"(,"time_total":)");
    writer.seconds_or_null(record.time_total);
    writer.literal(R"(,"time_queue":)");
    writer.seconds_or_null(record.time_queue);
}

void write_output(Writer& writer, const Record& record) {
    writer.literal(R"(,"file":)");
    writer.string_or_null(record.file);
    if (!record.response_body) {
        return;
    }
    if (is_valid_utf8(*record.response_body)) {
        writer.literal(R"(,"response_body":)");
        writer.string(*record.response_body);
    } else {
        writer.literal(R"(,"response_body_b64":")");
        writer.raw(to_base64(*record.response_body));
        writer.literal("\"");
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

void append_json(const Record& record, std::string& out) {
    Writer writer(out);
    write_input(writer, record);
    write_outcome(writer, record);
    write_exchange(writer, record);
    write_times(writer, record);
    write_output(writer, record);
    writer.literal("}\n");
    writer.flush();
}

}  // namespace runnel
