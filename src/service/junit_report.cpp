#include <fmt/format.h>

#include <numeric>

#include "base/printable.hpp"
#include "service/check_report.hpp"
#include "service/check_words.hpp"

namespace runnel {

namespace {

/// For text and for attributes in double quotes. U+FFFE and U+FFFF are no characters of XML.
std::string xml(std::string_view text) {
    std::string escaped;
    std::string clean = printable(text);
    for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
        for (std::size_t at = 0; (at = clean.find(none, at)) != std::string::npos;) {
            clean.replace(at, none.size(), "\xef\xbf\xbd");
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

std::string lines_of(const CheckResult& result) {
    std::string lines;
    for (const Finding& finding : result.findings) {
        lines += xml(line_of(finding)) + '\n';
    }
    return lines;
}

std::string test_case(const CheckResult& result) {
    const std::string head =
        fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.6f}">)",
                    xml(result.target->url), xml(result.target->name), seconds_of(result)) +
        "\n";
    std::string body;
    if (!result.is_up()) {
        const std::string_view type =
            result.error ? to_string(result.error->error_class()) : std::string_view("down");
        body = fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", xml(type),
                           xml(summary_of(result)), lines_of(result));
    } else {
        body = fmt::format("      <system-out>{}\n{}</system-out>\n", xml(summary_of(result)),
                           lines_of(result));
    }
    return head + body + "    </testcase>\n";
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
