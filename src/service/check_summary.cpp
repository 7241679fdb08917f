#include "service/check_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace runnel {

std::vector<Phase> phases_of(const http::Trace& trace) {
    std::vector<Phase> phases;
    std::chrono::microseconds before{};
    const auto add = [&](std::string_view name, std::string_view title, http::Trace::Time until) {
        if (until) {
            phases.emplace_back(name, title,
                                to_seconds(std::max(*until - before, std::chrono::microseconds())));
            before = *until;
        }
    };
    add("redirect", "redirects", trace.redirect);
    add("resolve", "dns", trace.namelookup);
    add("connect", "connect", trace.connect);
    add("tls", "tls", trace.appconnect);
    add("processing", "first byte", trace.starttransfer);
    if (trace.status != 0) {
        add("transfer", "transfer", trace.total);
    }
    return phases;
}

double seconds_of(const CheckResult& result) {
    return result.seen.trace.total ? to_seconds(*result.seen.trace.total) : 0;
}

std::string summary_of(const CheckResult& result) {
    std::string summary;
    if (result.error) {
        summary =
            fmt::format("{}: {}", to_string(result.error->error_class()), result.error->message());
    } else if (result.seen.trace.status != 0) {
        summary = fmt::format("{} in {:.3f} s", result.seen.trace.status, seconds_of(result));
    } else {
        summary = fmt::format("{} in {:.3f} s", result.seen.failure ? "no response" : "connected",
                              seconds_of(result));
    }
    if (!result.damped.empty()) {
        summary += fmt::format(" ({}, counts as {})", result.damped, to_string(result.state));
    }
    return summary;
}

std::string line_of(const AssertionResult& assertion) {
    constexpr std::string_view kMarks[] = {"ok", "warn", "FAIL"};
    return fmt::format("{:<4}  {} {}: {}", kMarks[static_cast<std::size_t>(assertion.level)],
                       assertion.name, assertion.expected, assertion.actual.value_or("nothing"));
}

std::string unmet_assertions(const CheckResult& result) {
    std::vector<std::string> unmet;
    for (const AssertionResult& assertion : result.assertions) {
        if (assertion.level != AssertionResult::Level::Ok) {
            unmet.push_back(to_sentence(assertion));
        }
    }
    return fmt::format("{}", fmt::join(unmet, "; "));
}

std::size_t count_up(const std::vector<CheckResult>& results) {
    return static_cast<std::size_t>(
        std::ranges::count_if(results, [](const CheckResult& result) { return result.is_up(); }));
}

std::string truncated(std::string text, std::size_t most) {
    constexpr std::string_view kEllipsis = "...";
    if (text.size() <= most) {
        return text;
    }
    text.resize(most - kEllipsis.size());
    text.resize(valid_utf8_prefix(text));
    text += kEllipsis;
    return text;
}

}  // namespace runnel
