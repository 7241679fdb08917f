#include <fmt/format.h>

#include <chrono>
#include <functional>

#include "base/printable.hpp"
#include "json/escape.hpp"
#include "service/check_report.hpp"
#include "service/check_words.hpp"

namespace runnel {

namespace {

/// UTF-8 in any case; backslash, quote and newline are escaped.
std::string label_value(std::string_view text) {
    std::string value;
    for (const char c : printable(text)) {
        if (c == '\\' || c == '"') {
            value += '\\';
        }
        value += c;
    }
    return value;
}

std::string labels_of(const CheckResult& result) {
    return fmt::format("name=\"{}\",target=\"{}\"", label_value(result.target->name),
                       label_value(result.target->url));
}

/// The samples of one metric, with its head if there are any.
class Metric {
public:
    Metric(std::string& out, std::string_view name, std::string_view help)
        : out_(out), name_(name), help_(help) {}

    void add(const std::string& labels, double value) {
        if (!begun_) {
            out_ += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name_, help_);
            begun_ = true;
        }
        out_ += fmt::format("{}{{{}}} {}\n", name_, labels, value);
    }

private:
    std::string& out_;
    std::string_view name_;
    std::string_view help_;
    bool begun_ = false;
};

using Value = std::function<std::optional<double>(const CheckResult&)>;

void add_all(std::string& out, const std::vector<CheckResult>& results, std::string_view name,
             std::string_view help, const Value& value_of) {
    Metric metric(out, name, help);
    for (const CheckResult& result : results) {
        if (const std::optional<double> value = value_of(result)) {
            metric.add(labels_of(result), *value);
        }
    }
}

void add_phases(std::string& out, const std::vector<CheckResult>& results) {
    Metric metric(out, "probe_http_duration_seconds", "What each part of the time was spent on.");
    for (const CheckResult& result : results) {
        for (const Phase& phase : phases_of(result.seen.trace)) {
            metric.add(fmt::format("{},phase=\"{}\"", labels_of(result), phase.name),
                       phase.seconds);
        }
    }
}

bool has_response(const CheckResult& result) { return result.seen.trace.status != 0; }

std::optional<double> expiry_of(const CheckResult& result) {
    const auto& expires = result.seen.trace.certificate_expires;
    return expires ? std::optional<double>(std::chrono::system_clock::to_time_t(*expires))
                   : std::nullopt;
}

void add_responses(std::string& out, const std::vector<CheckResult>& results) {
    add_all(out, results, "probe_http_status_code", "Status of the final response.",
            [](const CheckResult& result) -> std::optional<double> {
                return has_response(result) ? std::optional<double>(result.seen.trace.status)
                                            : std::nullopt;
            });
    add_all(out, results, "probe_http_redirects", "Redirects that were followed.",
            [](const CheckResult& result) -> std::optional<double> {
                return has_response(result) ? std::optional<double>(result.seen.trace.redirects)
                                            : std::nullopt;
            });
    add_all(out, results, "probe_http_ssl", "Whether the final response came by TLS.",
            [](const CheckResult& result) -> std::optional<double> {
                const bool tls = result.seen.trace.effective_url.starts_with("https:");
                return has_response(result) ? std::optional<double>(tls ? 1 : 0) : std::nullopt;
            });
    add_all(out, results, "probe_ssl_earliest_cert_expiry",
            "When the first certificate is no longer valid, as a Unix time.", expiry_of);
}

}  // namespace

std::string prometheus_report(const std::vector<CheckResult>& results) {
    std::string out;
    add_all(
        out, results, "probe_success", "Whether the target is up.",
        [](const CheckResult& result) { return std::optional<double>(result.is_up() ? 1 : 0); });
    add_all(out, results, "probe_warning", "Whether the target is up with a warning.",
            [](const CheckResult& result) {
                return std::optional<double>(result.state == CheckState::Warn ? 1 : 0);
            });
    add_all(out, results, "probe_duration_seconds", "How long the last attempt took.",
            [](const CheckResult& result) { return std::optional<double>(seconds_of(result)); });
    add_phases(out, results);
    add_responses(out, results);
    return out;
}

}  // namespace runnel
