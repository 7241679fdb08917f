#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "service/check.hpp"

namespace runnel {

enum class CheckFormat { Text, Json, Nagios, Docker, Prometheus, Junit, Tap };

/// Parses `text`, `json` and so on. Fails with ErrorClass::BadInput.
[[nodiscard]] Result<CheckFormat> parse_check_format(std::string_view text);

/// Formats \a results, in their order. \a trouble is why they do not decide the exit status, such
/// as a signal; empty if they do. Only Nagios and TAP show it.
[[nodiscard]] std::string report(CheckFormat format, const std::vector<CheckResult>& results,
                                 std::string_view trouble = "");

// The formats. All escape what a server sent, so that it cannot inject lines, fields or control
// sequences.

/// Returns a line for each target and an indented one for each assertion; at most 4 KiB for a
/// target.
[[nodiscard]] std::string text_report(const std::vector<CheckResult>& results);
/// Returns a JSON object on a line for each target.
[[nodiscard]] std::string json_report(const std::vector<CheckResult>& results);
/// Returns the text report, targets that are down first, cut at the 4096 bytes that Docker keeps.
[[nodiscard]] std::string docker_report(const std::vector<CheckResult>& results);
/// Returns a status line with performance data, which names the targets that are not OK or damped,
/// then a line for each of them if there are several, by the guidelines of Monitoring Plugins,
/// https://www.monitoring-plugins.org/doc/guidelines.html. With \a trouble the status is UNKNOWN.
[[nodiscard]] std::string nagios_report(const std::vector<CheckResult>& results,
                                        std::string_view trouble = "");
/// Returns the line for Nagios when \a why ended a check without results: UNKNOWN.
[[nodiscard]] std::string nagios_refusal(std::string_view why);
/// Returns the text format of Prometheus, version 0.0.4, with the metric names of the blackbox
/// exporter.
[[nodiscard]] std::string prometheus_report(const std::vector<CheckResult>& results);
/// Returns a test case for each target, by the schema of Jenkins.
[[nodiscard]] std::string junit_report(const std::vector<CheckResult>& results);
/// Returns TAP version 13: a test point for each target, with details if it is not up or damped.
/// With \a trouble, the report bails out at the end.
[[nodiscard]] std::string tap_report(const std::vector<CheckResult>& results,
                                     std::string_view trouble = "");

/// Returns the exit status of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. It is
/// UNKNOWN if a signal interrupted the check, or if the deadline did and no target is known to be
/// down.
[[nodiscard]] int nagios_status(const std::vector<CheckResult>& results) noexcept;

}  // namespace runnel
