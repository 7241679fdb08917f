// Routes of the mock server: errors name a place in the file, and each route that is accepted
// matches its own requests and can be answered.

#include "mock/routes_file.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"
#include "json/document.hpp"

namespace runnel::mock {
namespace {

/// Whether the routes name files, which are not read here.
bool has_body_file(const JsonValue& value) {
    return std::ranges::any_of(value.items, has_body_file) ||
           std::ranges::any_of(value.members, [](const JsonMember& member) {
               return member.name == "body_file" || has_body_file(member.value);
           });
}

/// Removes `123:` from \a text and returns the number; 0 if there is none.
std::size_t take_number(std::string_view& text) {
    std::size_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    RUNNEL_ENSURE(text.starts_with(':'), "no place in a message");
    text.remove_prefix(1);
    return number;
}

void check_message(std::string_view message, std::string_view text) {
    RUNNEL_ENSURE(message.starts_with("routes.json:"), "the message does not name the file");
    message.remove_prefix(std::string_view("routes.json:").size());
    const std::size_t line = take_number(message);
    const std::size_t column = take_number(message);
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    RUNNEL_ENSURE(line >= 1 && line <= lines && column >= 1 && column <= text.size() + 1,
                  "the place is not in the file");
    RUNNEL_ENSURE(message.starts_with(' ') && message.size() > 1, "no reason");
}

void check_answer(const Answer& answer) {
    RUNNEL_ENSURE(answer.status >= 200 && answer.status <= 999, "no status");
    RUNNEL_ENSURE(answer.delay >= Duration::zero(), "a negative delay");
    RUNNEL_ENSURE(!answer.drip || (answer.drip->chunk > 0 && answer.has_body()),
                  "a drip of nothing");
    for (const Header& header : answer.headers) {
        RUNNEL_ENSURE(
            is_token(header.name) && !header.value.empty() &&
                header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
            "not one header");
    }
}

void check_route(const Route& route) {
    RUNNEL_ENSURE(!route.answers.empty() && route.path.empty() == (route.regex != nullptr),
                  "an incomplete route");
    std::ranges::for_each(route.answers, check_answer);
    for (const std::size_t served : {0U, 1U, 2U, 1000U}) {
        static_cast<void>(route.answer(served));
    }
    Request request;
    request.method = route.method.empty() ? "GET" : std::string_view(route.method);
    request.target = route.path;
    request.host = route.host;
    RUNNEL_ENSURE(route.regex != nullptr || route.matches(request), "does not match its own path");
    const std::string with_port = route.host + ":8080";
    request.host = with_port;
    RUNNEL_ENSURE(route.regex != nullptr || route.matches(request), "the port matters");
    request.target = "other";
    RUNNEL_ENSURE(route.regex != nullptr || !route.matches(request), "matches another path");
}

void check(std::string_view text) {
    const Result<JsonValue> document = parse_json_document(text);
    if (document && has_body_file(*document)) {
        return;
    }
    const Result<Routes> routes = parse_routes(text, "routes.json", ".");
    if (!routes) {
        RUNNEL_ENSURE(routes.error().error_class() == ErrorClass::BadInput, "another class");
        check_message(routes.error().message(), text);
        return;
    }
    RUNNEL_ENSURE(document && document->items.size() == routes->size(), "routes are lost");
    std::ranges::for_each(*routes, check_route);
}

}  // namespace
}  // namespace runnel::mock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    runnel::mock::check(runnel::fuzz::as_text(data, size));
    return 0;
}
