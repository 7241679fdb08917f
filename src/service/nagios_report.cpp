#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "base/printable.hpp"
#include "service/check_report.hpp"
#include "service/check_words.hpp"

namespace runnel {

namespace {

enum Status { Ok, Warning, Critical, Unknown };
constexpr std::string_view kNames[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

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

/// Of two, the one that is told: something that is down is certain.
Status worse(Status a, Status b) noexcept {
    const auto rank = [](Status status) {
        constexpr int kRanks[] = {0, 1, 3, 2};
        return kRanks[status];
    };
    return rank(b) > rank(a) ? b : a;
}

/// Text for one line; a `|` would begin the performance data.
std::string in_line(std::string_view text) {
    std::string line = printable(text);
    std::ranges::replace(line, '|', '/');
    return line;
}

/// `'label'`: without `=`, a quote doubled.
std::string label(std::string_view name, std::string_view what) {
    std::string label = "'";
    for (const char c : in_line(name)) {
        label += c == '=' ? '_' : c;
        if (c == '\'') {
            label += c;
        }
    }
    return fmt::format("{} {}'", label, what);
}

std::string limit(Duration time) {
    const double seconds = std::chrono::duration<double>(time).count();
    return time > Duration::zero() ? fmt::format("{:.6f}", seconds) : "";
}

/// `label=value[unit];warn;crit;min`
std::string time_of(const CheckResult& result) {
    const Assertions& assertions = result.target->assertions;
    const std::string value =
        result.seen.trace.total ? fmt::format("{:.6f}s", seconds_of(result)) : "U";
    return fmt::format("{}={};{};{};0", label(result.target->name, "time"), value,
                       limit(assertions.warn_time), limit(assertions.crit_time));
}

/// The limits are ranges, outside of which is the alert: `14:` is fourteen at least.
std::string certificate_of(const CheckResult& result) {
    std::string limits;
    if (const std::optional<CertificateDays>& days = result.target->assertions.cert_days) {
        limits = fmt::format(";{:.6g}:;{:.6g}:", days->warn().count(), days->critical().count());
    }
    return fmt::format("{}={:.2f}{}", label(result.target->name, "cert_days"),
                       result.seen.certificate_left->count(), limits);
}

std::string story_of(const CheckResult& result) {
    const std::string complaints = complaints_of(result);
    return fmt::format("{}: {}", result.target->name,
                       result.error || complaints.empty() ? summary_of(result) : complaints);
}

}  // namespace

int nagios_status(const std::vector<CheckResult>& results) noexcept {
    Status status = Ok;
    for (const CheckResult& result : results) {
        if (failed_by(result, ErrorClass::Interrupted)) {
            return Unknown;
        }
        status = worse(status, status_of(result));
    }
    return status;
}

std::string nagios_report(const std::vector<CheckResult>& results) {
    const auto status = static_cast<std::size_t>(nagios_status(results));
    std::vector<std::string> unwell;
    std::vector<std::string> data;
    for (const CheckResult& result : results) {
        if (status_of(result) != Ok) {
            unwell.push_back(in_line(story_of(result)));
        }
        data.push_back(time_of(result));
        if (result.seen.certificate_left) {
            data.push_back(certificate_of(result));
        }
    }
    const std::string first = unwell.size() == 1 ? ", " + unwell.front() : "";
    std::string text = fmt::format("CHECK {} - {} of {} up{} | {}\n", kNames[status],
                                   count_up(results), results.size(), first, fmt::join(data, " "));
    if (unwell.size() > 1) {
        text += fmt::format("{}\n", fmt::join(unwell, "\n"));
    }
    return text;
}

}  // namespace runnel
