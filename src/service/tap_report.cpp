#include <fmt/format.h>

#include "base/printable.hpp"
#include "json/escape.hpp"
#include "service/check_report.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

/// Escapes `#`, which starts a directive.
std::string tap_description(std::string_view text) {
    std::string escaped;
    for (const char c : printable(text)) {
        if (c == '#' || c == '\\') {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

/// Formats a JSON string, which is also valid YAML.
std::string yaml_string(std::string_view text) {
    std::string out;
    append_json_string(out, printable(text));
    return out;
}

std::string yaml_block_of(const CheckResult& result) {
    std::string block =
        fmt::format("  ---\n  message: {}\n  assertions:{}\n", yaml_string(summary_of(result)),
                    result.assertions.empty() ? " []" : "");
    for (const AssertionResult& assertion : result.assertions) {
        block += fmt::format("    - {}\n", yaml_string(line_of(assertion)));
    }
    return block + "  ...\n";
}

}  // namespace

std::string tap_report(const std::vector<CheckResult>& results, std::string_view trouble) {
    std::string text = fmt::format("TAP version 13\n1..{}\n", results.size());
    std::size_t number = 0;
    for (const CheckResult& result : results) {
        ++number;
        text += fmt::format("{} {} - {}\n", result.is_up() ? "ok" : "not ok", number,
                            tap_description(result.target->name));
        if (result.state != CheckState::Up || !result.damped.empty()) {
            text += yaml_block_of(result);
        }
    }
    return trouble.empty() ? text : text + fmt::format("Bail out! {}\n", printable(trouble));
}

}  // namespace runnel
