#include "service/check_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "json/escape.hpp"

namespace runnel {

namespace {

double in_seconds(std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

std::vector<Phase> phases_of(const http::Trace& trace) {
    std::vector<Phase> phases;
    std::chrono::microseconds before{};
    const auto add = [&](std::string_view name, std::string_view words, http::Trace::Time until) {
        if (until) {
            phases.emplace_back(name, words,
                                in_seconds(std::max(*until - before, std::chrono::microseconds())));
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
    return result.seen.trace.total ? in_seconds(*result.seen.trace.total) : 0;
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

std::string line_of(const Finding& finding) {
    constexpr std::string_view kMarks[] = {"ok", "warn", "FAIL"};
    return fmt::format("{:<4}  {} {}: {}", kMarks[static_cast<std::size_t>(finding.level)],
                       finding.name, finding.expected, finding.actual.value_or("nothing"));
}

std::string complaints_of(const CheckResult& result) {
    std::vector<std::string> complaints;
    for (const Finding& finding : result.findings) {
        if (finding.level != Finding::Level::Ok) {
            complaints.push_back(to_sentence(finding));
        }
    }
    return fmt::format("{}", fmt::join(complaints, "; "));
}

std::size_t count_up(const std::vector<CheckResult>& results) {
    return static_cast<std::size_t>(
        std::ranges::count_if(results, [](const CheckResult& result) { return result.is_up(); }));
}

std::string cut(std::string text, std::size_t most) {
    constexpr std::string_view kCut = "...";
    if (text.size() <= most) {
        return text;
    }
    text.resize(most - kCut.size());
    text.resize(valid_utf8_prefix(text));
    text += kCut;
    return text;
}

}  // namespace runnel
