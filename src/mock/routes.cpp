#include "mock/routes.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.hpp"
#include "mock/target.hpp"

namespace runnel::mock {

namespace {

/// Returns `example.org` for `example.org:8080`, `[::1]` for `[::1]:80`.
std::string_view without_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    const std::size_t bracket = host.rfind(']');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return has_port ? host.substr(0, colon) : host;
}

}  // namespace

bool Route::matches(const Request& request) const {
    const bool head_as_get = method == "GET" && request.method == "HEAD";
    if (!method.empty() && method != request.method && !head_as_get) {
        return false;
    }
    if (!host.empty() && !equal_ignoring_case(host, without_port(request.host))) {
        return false;
    }
    const std::string_view request_path = request.target.substr(0, request.target.find('?'));
    if (is_for(request_path) || is_for(request.target)) {
        return true;
    }
    if (request.target.find_first_of("%&") == std::string_view::npos) {
        return false;  // there is only one spelling
    }
    if (!regex) {
        const std::string wanted = canonical(path);
        return wanted == canonical(request_path) || wanted == canonical(request.target);
    }
    const auto fits = [this](const std::string& text) { return is_for(text); };
    return std::ranges::any_of(other_spellings(request_path), fits) ||
           std::ranges::any_of(other_spellings(request.target), fits);
}

bool Route::is_for(std::string_view text) const {
    return regex ? re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *regex)
                 : path == text;
}

std::string_view to_string(Answer::Fault fault) noexcept {
    switch (fault) {
        case Answer::Fault::None: return "";
        case Answer::Fault::Reset: return "reset";
        case Answer::Fault::Truncate: return "truncate";
        case Answer::Fault::Hang: return "hang";
        case Answer::Fault::Garbage: return "garbage";
        case Answer::Fault::Empty: return "empty";
    }
    return "";
}

const Answer& Route::answer(std::size_t served) const {
    return answers[repeat ? served % answers.size() : std::min(served, answers.size() - 1)];
}

}  // namespace runnel::mock
