#include <fmt/format.h>

#include "base/printable.hpp"
#include "json/escape.hpp"
#include "service/check_report.hpp"
#include "service/check_words.hpp"

namespace runnel {

namespace {

/// A `#` would begin a directive.
std::string description(std::string_view text) {
    std::string escaped;
    for (const char c : printable(text)) {
        if (c == '#' || c == '\\') {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

/// A string of YAML, which takes those of JSON.
std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, printable(text));
    return out;
}

/// What there is to say, as a block of YAML.
std::string diagnostics_of(const CheckResult& result) {
    std::string block =
        fmt::format("  ---\n  message: {}\n  assertions:{}\n", quoted(summary_of(result)),
                    result.findings.empty() ? " []" : "");
    for (const Finding& finding : result.findings) {
        block += fmt::format("    - {}\n", quoted(line_of(finding)));
    }
    return block + "  ...\n";
}

}  // namespace

std::string tap_report(const std::vector<CheckResult>& results) {
    std::string text = fmt::format("TAP version 13\n1..{}\n", results.size());
    std::size_t number = 0;
    for (const CheckResult& result : results) {
        ++number;
        text += fmt::format("{} {} - {}\n", result.is_up() ? "ok" : "not ok", number,
                            description(result.target->name));
        if (result.state != CheckState::Up) {
            text += diagnostics_of(result);
        }
    }
    return text;
}

}  // namespace runnel
