#include <fmt/format.h>

#include <numeric>

#include "base/printable.hpp"
#include "service/check_report.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

/// Escapes \a text for content and attributes. U+FFFE and U+FFFF are not XML characters.
std::string xml_escaped(std::string_view text) {
    std::string escaped;
    std::string clean = printable(text);
    for (const std::string_view bad : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
        for (std::size_t at = 0; (at = clean.find(bad, at)) != std::string::npos;) {
            clean.replace(at, bad.size(), "\xef\xbf\xbd");
        }
    }
    for (const char c : clean) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

std::string assertion_lines(const CheckResult& result) {
    std::string lines;
    for (const AssertionResult& assertion : result.assertions) {
        lines += xml_escaped(line_of(assertion)) + '\n';
    }
    return lines;
}

std::string test_case(const CheckResult& result) {
    std::string body;
    if (result.is_up()) {
        body = fmt::format("<system-out>{}\n{}</system-out>", xml_escaped(summary_of(result)),
                           assertion_lines(result));
    } else {
        const std::string_view type =
            result.error ? to_string(result.error->error_class()) : "down";
        body = fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", xml_escaped(type),
                           xml_escaped(summary_of(result)), assertion_lines(result));
    }
    return fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\">\n      {}\n    </testcase>\n",
        xml_escaped(result.target->url), xml_escaped(result.target->name), seconds_of(result),
        body);
}

}  // namespace

std::string junit_report(const std::vector<CheckResult>& results) {
    const std::size_t down = results.size() - count_up(results);
    const double time = std::accumulate(
        results.begin(), results.end(), 0.0,
        [](double sum, const CheckResult& result) { return sum + seconds_of(result); });
    const std::string counts =
        fmt::format(R"(name="runnel check" tests="{}" failures="{}" errors="0" time="{:.6f}")",
                    results.size(), down, time);
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<testsuites {0}>\n  <testsuite {0} skipped=\"0\">\n", counts);
    for (const CheckResult& result : results) {
        text += test_case(result);
    }
    return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace runnel
