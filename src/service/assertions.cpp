#include "service/assertions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/text.hpp"
#include "http/header.hpp"
#include "http/url.hpp"

namespace runnel {

namespace {

using Level = AssertionResult::Level;

Level level_of(bool holds, Level otherwise = Level::Failed) {
    return holds ? Level::Ok : otherwise;
}

std::string in_days(Observation::Days days) { return fmt::format("{:.1f} days", days.count()); }

std::string in_seconds(Duration time) { return fmt::format("{:.3g} s", to_seconds(time)); }

std::vector<std::string> values_of(const http::Headers& headers, std::string_view name) {
    std::vector<std::string> values;
    for (const std::string& header : headers) {
        if (equal_ignoring_case(http::header_name(header), name)) {
            values.emplace_back(http::header_value(header));
        }
    }
    return values;
}

AssertionResult check_status(const ExpectedStatus& expect, const Observation& seen) {
    const int status = seen.trace.status;
    return AssertionResult("expect", level_of(expect.statuses.contains(status)), expect.text,
                           status == 0 ? std::nullopt : std::optional(std::to_string(status)));
}

/// Hides credentials and cookies.
std::string printed_value(std::string_view name, std::string_view value) {
    const bool secret = http::is_credential(name) || equal_ignoring_case(name, "Set-Cookie");
    return secret ? std::string(http::kHidden) : abbreviated(value);
}

AssertionResult check_header(const HeaderCondition& condition, const Observation& seen) {
    const std::vector<std::string> values = values_of(seen.headers, condition.name());
    // Several headers of one name are equivalent to one with all their values (RFC 9110, 5.3).
    const std::string all = fmt::format("{}", fmt::join(values, ", "));
    const auto matches = [&condition](const std::string& value) {
        return condition.pattern().find(value).has_value();
    };
    const bool holds = !values.empty() && (std::ranges::any_of(values, matches) || matches(all));
    return AssertionResult(
        "expect-header", level_of(holds),
        fmt::format("{} =~ {}", condition.name(), condition.pattern().text()),
        values.empty() ? std::nullopt : std::optional(printed_value(condition.name(), all)));
}

AssertionResult check_body(const Pattern& pattern, bool wanted, const Observation& seen) {
    const std::optional<std::string> found =
        seen.body ? pattern.find(*seen.body) : std::optional<std::string>();
    const bool holds = seen.body && found.has_value() == wanted;
    return AssertionResult(wanted ? "body-re" : "no-body-re", level_of(holds),
                           fmt::format("{} {}", wanted ? "=~" : "!~", pattern.text()),
                           found ? std::optional(abbreviated(*found)) : std::nullopt);
}

AssertionResult check_json(const JsonCondition& condition, const Result<JsonValue>& document) {
    const JsonValue* value = document ? find_value(*document, condition.pointer()) : nullptr;
    std::optional<std::string> actual;
    if (value != nullptr) {
        actual = abbreviated(condition.describe(*value));
    } else if (!document) {
        actual = document.error().message();
    }
    return AssertionResult("json-value", level_of(document && condition.holds(value)),
                           condition.text(), std::move(actual));
}

AssertionResult check_time(std::string_view option, Duration most, Level otherwise,
                           const Observation& seen) {
    const auto total = seen.trace.total;
    return AssertionResult(option, level_of(total && *total <= most, otherwise),
                           "<= " + in_seconds(most),
                           total ? std::optional(in_seconds(*total)) : std::nullopt);
}

AssertionResult check_certificate(const CertificateDays& days, const Observation& seen) {
    const std::optional<Observation::Days> left = seen.certificate_left;
    const bool critical = !left || *left < days.critical();
    const Level level = critical ? Level::Failed : level_of(*left >= days.warn(), Level::Warn);
    std::optional<std::string> actual;
    if (left) {
        const auto& certificate = seen.trace.certificate;
        actual = in_days(*left) + (certificate ? " of " + abbreviated(certificate->subject) : "");
    }
    return AssertionResult("cert-days", level,
                           ">= " + in_days(level == Level::Failed ? days.critical() : days.warn()),
                           std::move(actual));
}

AssertionResult check_scheme(const Observation& seen) {
    const std::string& url = seen.trace.effective_url;
    const std::string scheme = url.substr(0, url.find(':'));
    return AssertionResult("require-tls", level_of(scheme == "https"), "https",
                           scheme.empty() ? std::nullopt : std::optional(scheme));
}

AssertionResult check_size(std::uint64_t most, const Observation& seen) {
    const bool too_large = seen.failure && seen.failure->error_class() == ErrorClass::TooLarge;
    const bool whole = seen.trace.status != 0 && !seen.failure;
    std::optional<std::string> actual;
    if (too_large) {
        actual = "more";
    } else if (whole) {
        actual = fmt::format("{} bytes", seen.body_size);
    }
    return AssertionResult("max-body", level_of(whole), fmt::format("<= {} bytes", most),
                           std::move(actual));
}

Result<JsonValue> document_in(const Observation& seen) {
    if (!seen.body) {
        return Error(ErrorClass::Extract, "there is no body");
    }
    Result<JsonValue> document = parse_json_document(without_byte_order_mark(*seen.body));
    return document ? std::move(document)
                    : Error(ErrorClass::Extract, "not JSON: " + document.error().message());
}

std::optional<double> parse_days(std::string_view text) {
    double days = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, days, std::chars_format::fixed);
    const bool good = error == std::errc() && stopped == end && days >= 0 && std::isfinite(days);
    return good ? std::optional(days) : std::nullopt;
}

}  // namespace

std::string to_sentence(const AssertionResult& result) {
    return fmt::format("{}: expected {}, got {}", result.name, result.expected,
                       result.actual.value_or("nothing"));
}

Result<ExpectedStatus> ExpectedStatus::parse(std::string_view text) {
    ExpectedStatus expect;
    RUNNEL_TRY_ASSIGN(expect.statuses, http::StatusSet::parse(text));
    expect.text = text;
    return expect;
}

Result<HeaderCondition> HeaderCondition::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return bad_input(fmt::format("\"{}\" is not 'NAME: REGEX': the colon is missing", text));
    }
    RUNNEL_TRY_ASSIGN(std::string name, http::parse_header_name(text.substr(0, colon)));
    std::string_view expression = text.substr(colon + 1);
    expression.remove_prefix(std::min(expression.find_first_not_of(" \t"), expression.size()));
    RUNNEL_TRY_ASSIGN(Pattern pattern, Pattern::parse(expression));
    return HeaderCondition(std::move(name), std::move(pattern));
}

Result<CertificateDays> CertificateDays::parse(std::string_view text) {
    const std::size_t comma = text.find(',');
    const std::string_view last =
        comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::optional<double> warn = parse_days(text.substr(0, comma));
    const std::optional<double> critical = parse_days(last);
    if (!warn || !critical) {
        return bad_input(
            fmt::format("\"{}\" is not WARN,CRIT: use two numbers of days such as 30,7", text));
    }
    if (*warn < *critical) {
        return bad_input(fmt::format("\"{}\": WARN must not be less than CRIT: use {},{}", text,
                                     *critical, *warn));
    }
    return CertificateDays(Days(*warn), Days(*critical));
}

std::vector<AssertionResult> Assertions::evaluate(const Observation& seen) const {
    std::vector<AssertionResult> results;
    results.push_back(check_status(expect.value_or(ExpectedStatus()), seen));
    for (const HeaderCondition& condition : headers) {
        results.push_back(check_header(condition, seen));
    }
    for (const Pattern& pattern : body) {
        results.push_back(check_body(pattern, true, seen));
    }
    for (const Pattern& pattern : no_body) {
        results.push_back(check_body(pattern, false, seen));
    }
    if (!json.empty()) {
        const Result<JsonValue> document = document_in(seen);
        for (const JsonCondition& condition : json) {
            results.push_back(check_json(condition, document));
        }
    }
    std::ranges::move(evaluate_connection(seen), std::back_inserter(results));
    if (cert_days) {
        results.push_back(check_certificate(*cert_days, seen));
    }
    if (require_tls) {
        results.push_back(check_scheme(seen));
    }
    if (max_body.value_or(0) > 0) {
        results.push_back(check_size(*max_body, seen));
    }
    return results;
}

std::vector<AssertionResult> Assertions::evaluate_connection(const Observation& seen) const {
    std::vector<AssertionResult> results;
    if (warn_time > Duration::zero()) {
        results.push_back(check_time("warn-time", warn_time, Level::Warn, seen));
    }
    if (crit_time > Duration::zero()) {
        results.push_back(check_time("crit-time", crit_time, Level::Failed, seen));
    }
    return results;
}

std::string_view Assertions::first_response_option() const noexcept {
    if (expect) {
        return "expect";
    }
    if (!headers.empty()) {
        return "expect-header";
    }
    if (need_body()) {
        return first_body_option();
    }
    if (cert_days) {
        return "cert-days";
    }
    if (require_tls) {
        return "require-tls";
    }
    return first_body_option();
}

std::string_view Assertions::first_body_option() const noexcept {
    if (!body.empty()) {
        return "body-re";
    }
    if (!no_body.empty()) {
        return "no-body-re";
    }
    if (!json.empty()) {
        return "json-value";
    }
    return max_body.value_or(0) > 0 ? "max-body" : "";
}

Result<void> Assertions::check_consistency() const {
    if (crit_time > Duration::zero() && warn_time > crit_time) {
        return bad_input(fmt::format(
            "--warn-time {} is above --crit-time {}, so that it never warns: exchange them",
            in_seconds(warn_time), in_seconds(crit_time)));
    }
    return {};
}

}  // namespace runnel
