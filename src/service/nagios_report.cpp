#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/printable.hpp"
#include "base/text.hpp"
#include "service/check_report.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

enum Status { Ok, Warning, Critical, Unknown };
constexpr std::string_view kStatusNames[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

bool failed_by(const CheckResult& result, ErrorClass error_class) noexcept {
    return result.error && result.error->error_class() == error_class;
}

Status status_of(const CheckResult& result) noexcept {
    switch (result.state) {
        case CheckState::Up: return Ok;
        case CheckState::Warn: return Warning;
        case CheckState::Down: break;
    }
    return failed_by(result, ErrorClass::Deadline) ? Unknown : Critical;
}

/// Maximum number of targets of one state in the first line, because plugins are cut at 4 KiB.
constexpr std::size_t kMaxNames = 10;

/// Returns the more severe one. Critical outranks Unknown because the target is known to be down.
Status more_severe(Status a, Status b) noexcept {
    constexpr int kSeverity[] = {0, 1, 3, 2};
    return kSeverity[b] > kSeverity[a] ? b : a;
}

/// Formats text for one line, without `|`, which starts the performance data.
std::string plugin_text(std::string_view text) {
    std::string line = printable(text);
    std::ranges::replace(line, '|', '/');
    return line;
}

/// Formats `'label'`. Labels cannot contain `=`, and quotes are doubled.
std::string label(std::string_view name, std::string_view what) {
    std::string label = "'";
    for (const char c : plugin_text(name)) {
        label += c == '=' ? '_' : c;
        if (c == '\'') {
            label += c;
        }
    }
    return fmt::format("{} {}'", label, what);
}

std::string limit(Duration time) {
    return time > Duration::zero() ? fmt::format("{:.6f}", to_seconds(time)) : "";
}

/// `label=value[unit];warn;crit;min`
std::string time_data(const CheckResult& result) {
    const Assertions& assertions = result.target->assertions;
    const std::string value =
        result.seen.trace.total ? fmt::format("{:.6f}s", seconds_of(result)) : "U";
    return fmt::format("{}={};{};{};0", label(result.target->name, "time"), value,
                       limit(assertions.warn_time), limit(assertions.crit_time));
}

/// The limits are ranges; a value outside alerts: `14:` means at least 14.
std::string certificate_data(const CheckResult& result) {
    std::string limits;
    if (const std::optional<CertificateDays>& days = result.target->assertions.cert_days) {
        limits = fmt::format(";{:.6g}:;{:.6g}:", days->warn().count(), days->critical().count());
    }
    return fmt::format("{}={:.2f}{}", label(result.target->name, "cert_days"),
                       result.seen.certificate_left->count(), limits);
}

std::string problem_of(const CheckResult& result) {
    const std::string unmet = unmet_assertions(result);
    const bool summed_up = result.error || !result.damped.empty() || unmet.empty();
    return plugin_text(
        fmt::format("{}: {}", result.target->name, summed_up ? summary_of(result) : unmet));
}

/// Why a result is listed: the state that it counts as, or that a failure was damped.
std::string_view kind_of(const CheckResult& result) noexcept {
    switch (status_of(result)) {
        case Critical: return "down";
        case Unknown: return "unknown";
        case Warning: return "warning";
        case Ok: break;
    }
    return result.damped.empty() ? "" : "damped";
}

/// Formats `, down: a, b, warning: c`, in that order; at most kMaxNames of each kind.
std::string listed_names(const std::vector<CheckResult>& results) {
    std::string list;
    for (const std::string_view kind : {"down", "unknown", "warning", "damped"}) {
        std::size_t count = 0;
        for (const CheckResult& result : results) {
            if (kind_of(result) != kind) {
                continue;
            }
            ++count;
            if (count <= kMaxNames) {
                list += fmt::format(", {}{}", count == 1 ? fmt::format("{}: ", kind) : "",
                                    plugin_text(result.target->name));
            }
        }
        if (count > kMaxNames) {
            list += fmt::format(" and {} more", count - kMaxNames);
        }
    }
    return list;
}

}  // namespace

int nagios_status(const std::vector<CheckResult>& results) noexcept {
    Status status = Ok;
    for (const CheckResult& result : results) {
        if (failed_by(result, ErrorClass::Interrupted)) {
            return Unknown;
        }
        status = more_severe(status, status_of(result));
    }
    return status;
}

std::string nagios_report(const std::vector<CheckResult>& results, std::string_view trouble) {
    const int status = trouble.empty() ? nagios_status(results) : static_cast<int>(Unknown);
    std::vector<std::string> problems;
    std::vector<std::string> data;
    for (const CheckResult& result : results) {
        if (!kind_of(result).empty()) {
            problems.push_back(problem_of(result));
        }
        data.push_back(time_data(result));
        if (result.seen.certificate_left) {
            data.push_back(certificate_data(result));
        }
    }
    const std::string only = problems.size() == 1 ? ", " + problems.front() : "";
    std::string text = fmt::format(
        "CHECK {} - {}{} of {} up{} | {}\n", kStatusNames[static_cast<std::size_t>(status)],
        trouble.empty() ? "" : plugin_text(trouble) + "; ", count_up(results), results.size(),
        problems.size() > 1 ? listed_names(results) : only, fmt::join(data, " "));
    if (problems.size() > 1) {
        text += fmt::format("{}\n", fmt::join(problems, "\n"));
    }
    return text;
}

std::string nagios_refusal(std::string_view why) {
    return fmt::format("CHECK {} - {}\n", kStatusNames[Unknown], plugin_text(why));
}

}  // namespace runnel
