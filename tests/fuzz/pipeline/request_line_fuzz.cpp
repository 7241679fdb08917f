// Input lines: a request is written as a line that is read as the same request, and no message has
// a secret. The first byte tells the separator and whether the line is the first of its file.

#include "pipeline/request_line.hpp"

#include <string>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"
#include "json/document.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string written(const RequestLine& line) {
    std::string json;
    append_json(line, json);
    RUNNEL_ENSURE(json.ends_with('\n') && json.find('\n') == json.size() - 1, "not one line");
    json.pop_back();
    RUNNEL_ENSURE(is_valid_json(json), "not JSON");
    return json;
}

void check_line(std::string_view text) {
    const Result<RequestLine> line = read_request_line(text);
    if (!line) {
        RUNNEL_ENSURE(line.error().error_class() == ErrorClass::BadInput, "another class");
        return;
    }
    RUNNEL_ENSURE(!line->url.empty() && is_request_line(text), "not a request line");
    for (const auto& [name, value] : line->headers) {
        RUNNEL_ENSURE(is_token(name) &&
                          value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                      "a header that is more than one");
    }
    const Result<RequestLine> again = read_request_line(written(*line));
    const bool has_line_end = (line->id + line->extra).find_first_of("\r\n") != std::string::npos;
    RUNNEL_ENSURE(again && (has_line_end || *again == *line), "read again as another");
}

/// The line that describes a request makes the same request. Secrets are in the defaults.
void check_request(const RequestMaker& maker, const Input& input) {
    const Input again = maker.make(written(maker.describe(input)), "", 1);
    RUNNEL_ENSURE(again.request.ok(), "the description is not a request");
    const http::Request& one = *input.request;
    const http::Request& other = *again.request;
    RUNNEL_ENSURE(one.method == other.method && one.body == other.body, "another method or body");
    RUNNEL_ENSURE(one.url.origin() == other.url.origin(), "another origin");
    RUNNEL_ENSURE(one.max_time == other.max_time, "another time limit");
    RUNNEL_ENSURE(one.headers.size() == other.headers.size(), "another number of headers");
    RUNNEL_ENSURE(input.expect.has_value() == again.expect.has_value(), "another --expect");

    // From the second time on secrets are replaced by the defaults already.
    const RequestLine second = maker.describe(again);
    const Input third = maker.make(written(second), "", 1);
    RUNNEL_ENSURE(third.request && written(maker.describe(third)) == written(second),
                  "described twice differently");
}

void check(std::string_view item, Separator separator) {
    const std::string_view text = significant(item, separator);
    const bool is_blank = trimmed(item, kBlanks).empty();
    RUNNEL_ENSURE(!is_blank || text.empty(), "a blank line is an input");
    if (separator == Separator::Nul) {
        RUNNEL_ENSURE(text == item || is_blank, "an item between NUL bytes is changed");
    } else {
        RUNNEL_ENSURE(trimmed(text, " \t\r") == text, "blanks are part of the input");
    }
    if (text.empty()) {
        return;
    }
    check_line(text);

    const http::Policy policy;
    RequestDefaults defaults;
    defaults.headers = {"Authorization: Basic x", "Cookie: y", "Proxy-Authorization: z"};
    const RequestMaker maker(policy, std::move(defaults));
    const Input input = maker.make(std::string(text), "file", 1);
    RUNNEL_ENSURE(input.text == text, "the input is not the line");
    RUNNEL_ENSURE(input.id.empty() || is_valid_json(input.id), "the id is not JSON");
    RUNNEL_ENSURE(input.extra.empty() || is_valid_json(input.extra), "extra is not JSON");
    if (input.request) {
        check_request(maker, input);
    }
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace runnel;
    std::string_view text = fuzz::as_text(data, size);
    const std::size_t kind = fuzz::take_byte(text);
    const Separator separator = kind % 2 == 0 ? Separator::Newline : Separator::Nul;
    check(separator == Separator::Newline ? fuzz::take_line(text) : text, separator);
    return 0;
}
