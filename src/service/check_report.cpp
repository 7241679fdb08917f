#include "service/check_report.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

#include "base/printable.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

/// Maximum size of the text of one target, and of the report for Docker (bytes).
constexpr std::size_t kMaxText = 4096;

std::string listed_phases(const CheckResult& result) {
    std::string list;
    for (const Phase& phase : phases_of(result.seen.trace)) {
        list += fmt::format("{}{} {:.3f}", list.empty() ? " (" : ", ", phase.title, phase.seconds);
    }
    return list.empty() ? list : list + ")";
}

std::string text_of(const CheckResult& result) {
    const CheckTarget& target = *result.target;
    const std::string place = target.name == target.url ? "" : " " + target.url;
    std::string text =
        printable(fmt::format("{:<4}  {}{}  {}{}", to_string(result.state), target.name, place,
                              summary_of(result), listed_phases(result)));
    for (const AssertionResult& assertion : result.assertions) {
        text += "\n      " + printable(line_of(assertion));
    }
    return truncated(std::move(text), kMaxText - 1) + '\n';
}

}  // namespace

Result<CheckFormat> parse_check_format(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, CheckFormat>, 7> kFormats = {{
        {"text", CheckFormat::Text},
        {"json", CheckFormat::Json},
        {"nagios", CheckFormat::Nagios},
        {"docker", CheckFormat::Docker},
        {"prometheus", CheckFormat::Prometheus},
        {"junit", CheckFormat::Junit},
        {"tap", CheckFormat::Tap},
    }};
    for (const auto& [name, format] : kFormats) {
        if (name == text) {
            return format;
        }
    }
    return bad_input(
        fmt::format("\"{}\" is not a format: use text, json, nagios, docker, prometheus, "
                    "junit or tap",
                    text));
}

std::string report(CheckFormat format, const std::vector<CheckResult>& results,
                   std::string_view trouble) {
    switch (format) {
        case CheckFormat::Text: return text_report(results);
        case CheckFormat::Json: return json_report(results);
        case CheckFormat::Nagios: return nagios_report(results, trouble);
        case CheckFormat::Docker: return docker_report(results);
        case CheckFormat::Prometheus: return prometheus_report(results);
        case CheckFormat::Junit: return junit_report(results);
        case CheckFormat::Tap: return tap_report(results, trouble);
    }
    return "";
}

std::string text_report(const std::vector<CheckResult>& results) {
    std::string text;
    for (const CheckResult& result : results) {
        text += text_of(result);
    }
    return text;
}

std::string docker_report(const std::vector<CheckResult>& results) {
    std::string text;
    for (const bool up : {false, true}) {
        for (const CheckResult& result : results) {
            if (result.is_up() == up && text.size() <= kMaxText) {
                text += text_of(result);
            }
        }
    }
    return truncated(std::move(text), kMaxText);
}

}  // namespace runnel
