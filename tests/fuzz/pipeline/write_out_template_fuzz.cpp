// The format of -w: text that is escaped is printed as it is, lines of a format are independent of
// each other, and headers and values appear where they stand.

#include "pipeline/write_out_template.hpp"

#include <string>
#include <vector>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"

namespace runnel {
namespace {

Record filled_record() {
    Record record;
    record.input = "http://a.test/";
    record.id = "7";
    record.line = 3;
    record.method = "GET";
    record.response_code = 200;
    record.failure = Error(ErrorClass::Truncated, "a message", 18);
    record.time_total = std::chrono::microseconds(1'500'000);
    record.remote_port = 80;
    return record;
}

std::string printed(const WriteOutTemplate& format, const Record& record,
                    const std::vector<std::string>& kept) {
    std::string out = "before ";
    format.append(record, kept, out);
    RUNNEL_ENSURE(out.starts_with("before "), "changed what was printed before");
    return out.substr(7);
}

void check_escaped(std::string_view text) {
    std::string format;
    for (const char c : text) {
        format += c == '%' ? "%%" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
    }
    const Result<WriteOutTemplate> parsed = WriteOutTemplate::parse(format);
    RUNNEL_ENSURE(parsed && parsed->headers().empty() && parsed->pointers().empty(),
                  "escaped text is not text");
    RUNNEL_ENSURE(printed(*parsed, Record(), {}) == text, "escaped text is printed otherwise");
}

/// A newline is in no name, so the lines of a format can be parsed one by one.
void check_lines(std::string_view format, const WriteOutTemplate& whole, const Record& record) {
    std::string out;
    for (std::size_t left = format.size() + 1; left > 0 && !format.empty(); --left) {
        const bool more = format.find('\n') != std::string_view::npos;
        const Result<WriteOutTemplate> line = WriteOutTemplate::parse(fuzz::take_line(format));
        if (!line) {
            return;
        }
        out += printed(*line, record, {}) + (more ? "\n" : "");
    }
    RUNNEL_ENSURE(out == printed(whole, record, {}), "lines depend on each other");
}

void check_values(const WriteOutTemplate& format, const Record& record) {
    for (const std::string& header : format.headers()) {
        RUNNEL_ENSURE(is_token(header), "not a header name");
    }
    const std::size_t count = format.headers().size() + format.pointers().size();
    const std::string without = printed(format, record, {});
    std::size_t size = without.size();
    std::vector<std::string> kept;
    for (std::size_t at = 0; at < count; ++at) {
        kept.emplace_back(at % 5, 'v');
        size += at % 5;
    }
    RUNNEL_ENSURE(printed(format, record, kept).size() == size, "a value is lost or doubled");
}

void check(std::string_view text) {
    check_escaped(text);
    const Result<WriteOutTemplate> format = WriteOutTemplate::parse(text);
    if (!format) {
        RUNNEL_ENSURE(format.error().error_class() == ErrorClass::BadInput, "another class");
        return;
    }
    for (const Record& record : {Record(), filled_record()}) {
        check_lines(text, *format, record);
        check_values(*format, record);
    }
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    runnel::check(runnel::fuzz::as_text(data, size));
    return 0;
}
