#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "service/check.hpp"

namespace runnel {

enum class CheckFormat { Text, Json, Nagios, Docker, Prometheus, Junit, Tap };

/// `text`, `json` and so on. Fails with ErrorClass::BadInput.
[[nodiscard]] Result<CheckFormat> parse_check_format(std::string_view text);

/// All of \a results in \a format, in their order.
[[nodiscard]] std::string report(CheckFormat format, const std::vector<CheckResult>& results);

// Each of the formats. None of them lets a byte of a server steer what reads it.

/// A line for each target and an indented one for each assertion; 4 KiB for a target at most.
[[nodiscard]] std::string text_report(const std::vector<CheckResult>& results);
/// An object on a line for each target.
[[nodiscard]] std::string json_report(const std::vector<CheckResult>& results);
/// The text, with what is down in front, as much of it as Docker keeps: 4096 bytes.
[[nodiscard]] std::string docker_report(const std::vector<CheckResult>& results);
/// A status line with performance data, then a line for each target that is not well: the
/// guidelines of Monitoring Plugins, https://www.monitoring-plugins.org/doc/guidelines.html.
[[nodiscard]] std::string nagios_report(const std::vector<CheckResult>& results);
/// The text format of Prometheus, version 0.0.4, under the names that the blackbox exporter uses.
[[nodiscard]] std::string prometheus_report(const std::vector<CheckResult>& results);
/// A test case for each target, as the schema of Jenkins has it.
[[nodiscard]] std::string junit_report(const std::vector<CheckResult>& results);
/// A test point for each target, version 13.
[[nodiscard]] std::string tap_report(const std::vector<CheckResult>& results);

/// What a monitoring plugin exits with: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. The last is for
/// what the deadline has left open, when nothing is known to be down, and for all of a check that a
/// signal has ended.
[[nodiscard]] int nagios_status(const std::vector<CheckResult>& results) noexcept;

}  // namespace runnel
