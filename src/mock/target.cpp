#include "mock/target.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"

namespace runnel::mock {

namespace {

/// Maximum number of parameters that are tried in every order: 120 orders.
constexpr std::size_t kMaxPermuted = 5;

using Change = char (*)(char);

char to_upper(char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Changes the digits of each `%c3`.
std::string with_escapes(std::string_view text, Change change) {
    std::string changed(text);
    for (std::size_t at = 0; (at = changed.find('%', at)) != std::string::npos; ++at) {
        for (std::size_t digit = at + 1; digit <= at + 2 && digit < changed.size(); ++digit) {
            changed[digit] = change(changed[digit]);
        }
    }
    return changed;
}

std::vector<std::string_view> parameters_of(std::string_view query) {
    std::vector<std::string_view> parameters;
    for (std::size_t begin = 0; begin <= query.size();) {
        const std::size_t end = std::min(query.find('&', begin), query.size());
        parameters.push_back(query.substr(begin, end - begin));
        begin = end + 1;
    }
    return parameters;
}

void append_orders(const std::string& target, std::vector<std::string>& spellings) {
    const std::size_t mark = target.find('?');
    spellings.push_back(target);
    if (mark == std::string::npos) {
        return;
    }
    const std::string_view text = target;
    std::vector<std::string_view> parameters = parameters_of(text.substr(mark + 1));
    std::ranges::sort(parameters);
    if (parameters.size() > 1 && parameters.size() <= kMaxPermuted) {
        do {
            spellings.push_back(
                fmt::format("{}?{}", text.substr(0, mark), fmt::join(parameters, "&")));
        } while (std::ranges::next_permutation(parameters).found);
    }
}

}  // namespace

OriginForm origin_form(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            target.remove_prefix(scheme.size());
            const std::size_t end = std::min(target.find_first_of("/?"), target.size());
            const std::string_view rest = target.substr(end);
            return {fmt::format("{}{}", rest.starts_with('/') ? "" : "/", rest),
                    std::string(target.substr(0, end))};
        }
    }
    return {std::string(target), ""};
}

std::string canonical(std::string_view target) {
    std::string text = with_escapes(target, to_upper);
    const std::size_t mark = text.find('?');
    if (mark == std::string::npos) {
        return text;
    }
    const std::string_view whole = text;
    std::vector<std::string_view> parameters = parameters_of(whole.substr(mark + 1));
    std::ranges::sort(parameters);
    return fmt::format("{}?{}", whole.substr(0, mark), fmt::join(parameters, "&"));
}

std::vector<std::string> other_spellings(std::string_view target) {
    std::vector<std::string> spellings;
    if (target.find_first_of("%&") == std::string_view::npos) {
        return spellings;
    }
    append_orders(with_escapes(target, to_upper), spellings);
    append_orders(with_escapes(target, to_lower), spellings);
    return spellings;
}

}  // namespace runnel::mock
