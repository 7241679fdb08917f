// Header lines of requests: what is accepted is one line, has a name and a value, and is read again
// as the same.

#include "http/header.hpp"

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"

namespace runnel::http {
namespace {

/// What is before the first colon or semicolon of \a text.
std::string_view naive_name(std::string_view text) {
    text = trimmed(text);
    return text.substr(0, text.find_first_of(":;"));
}

void check_accepted(std::string_view text, const std::string& header) {
    constexpr std::string_view kForbidden("\r\n\0", 3);
    RUNNEL_ENSURE(header.find_first_of(kForbidden) == std::string::npos, "more than one line");
    const std::string_view name = header_name(header);
    const std::string_view value = header_value(header);
    RUNNEL_ENSURE(is_token(name) && name == naive_name(text), "another name");
    RUNNEL_ENSURE(trimmed(value) == value, "blanks around the value");
    RUNNEL_ENSURE(value.empty() || header == std::string(name) + ": " + std::string(value),
                  "another form");
    RUNNEL_ENSURE(has_header({header}, lower_case(name)), "has_header() does not find it");

    const Result<std::string> again = parse_header(header);
    RUNNEL_ENSURE(again && *again == header, "read again as another");
    const Result<std::string> made = make_header(name, value);
    RUNNEL_ENSURE(made && (*made == header || is_left_out(header)), "made another");
}

void check(std::string_view text) {
    const Result<std::string> header = parse_header(text);
    if (header) {
        check_accepted(text, *header);
        return;
    }
    RUNNEL_ENSURE(header.error().error_class() == ErrorClass::BadInput, "another class");
    // A name is shown, so a secret counts behind the colon only.
    const std::string_view name = text.substr(0, text.find(':'));
    RUNNEL_ENSURE(fuzz::contains(name, fuzz::kSecret) ||
                      !fuzz::contains(header.error().message(), fuzz::kSecret),
                  "a message with a value");
}

}  // namespace
}  // namespace runnel::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    runnel::http::check(runnel::fuzz::as_text(data, size));
    return 0;
}
