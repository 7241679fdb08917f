#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "base/printable.hpp"
#include "service/check_report.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

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

/// One metric and its samples. Writes nothing if there are no samples.
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

using Sample = std::optional<double>;

void add_phases(std::string& out, const std::vector<CheckResult>& results) {
    Metric metric(out, "probe_http_duration_seconds", "Duration of each phase of the request.");
    for (const CheckResult& result : results) {
        for (const Phase& phase : phases_of(result.seen.trace)) {
            metric.add(fmt::format("{},phase=\"{}\"", labels_of(result), phase.name),
                       phase.seconds);
        }
    }
}

/// Only a target that responded has these samples.
Sample if_responded(const CheckResult& result, double value) {
    return result.seen.trace.status != 0 ? Sample(value) : std::nullopt;
}

Sample expiry_of(const CheckResult& result) {
    const auto& certificate = result.seen.trace.certificate;
    return certificate ? Sample(std::chrono::system_clock::to_time_t(certificate->expires))
                       : std::nullopt;
}

}  // namespace

std::string prometheus_report(const std::vector<CheckResult>& results) {
    std::string out;
    const auto add = [&](std::string_view name, std::string_view help, auto sample_of) {
        Metric metric(out, name, help);
        for (const CheckResult& result : results) {
            if (const Sample sample = sample_of(result)) {
                metric.add(labels_of(result), *sample);
            }
        }
    };
    using Check = const CheckResult&;
    add("probe_success", "Whether the target is up.",
        [](Check check) { return Sample(check.is_up() ? 1 : 0); });
    add("probe_warning", "Whether the target is up with a warning.",
        [](Check check) { return Sample(check.state == CheckState::Warn ? 1 : 0); });
    add("probe_duration_seconds", "Duration of the last attempt.",
        [](Check check) { return Sample(seconds_of(check)); });
    add_phases(out, results);
    add("probe_http_status_code", "Status of the final response; 0 if there was none.",
        [](Check check) {
            const bool is_http = !check.target->request.connect_only;
            return is_http ? Sample(check.seen.trace.status) : std::nullopt;
        });
    add("probe_http_redirects", "Number of redirects followed.",
        [](Check check) { return if_responded(check, check.seen.trace.redirects); });
    add("probe_http_ssl", "Whether the final response used TLS.", [](Check check) {
        return if_responded(check, check.seen.trace.effective_url.starts_with("https:") ? 1 : 0);
    });
    add("probe_ssl_earliest_cert_expiry",
        "Expiry of the first certificate to expire, as Unix time.", expiry_of);
    return out;
}

}  // namespace runnel
