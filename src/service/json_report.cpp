#include "json/object_writer.hpp"
#include "service/check_report.hpp"

namespace runnel {

namespace {

void append_times(const http::Trace& trace, JsonObjectWriter& object) {
    object.seconds("time_namelookup", trace.namelookup);
    object.seconds("time_connect", trace.connect);
    object.seconds("time_appconnect", trace.appconnect);
    object.seconds("time_pretransfer", trace.pretransfer);
    object.seconds("time_starttransfer", trace.starttransfer);
    object.seconds("time_redirect", trace.redirect);
    object.seconds("time_total", trace.total);
}

void append_assertion(const AssertionResult& assertion, JsonObjectWriter& object) {
    object.begin_object();
    object.member("name", assertion.name);
    object.member("ok", assertion.level == AssertionResult::Level::Ok);
    object.member("expected", assertion.expected);
    object.member("actual", assertion.actual);
    object.end_object();
}

void append_result(const CheckResult& result, std::string& out) {
    const http::Trace& trace = result.seen.trace;
    JsonObjectWriter object(out);
    object.member("type", "check");
    object.member("name", result.target->name);
    object.member("url", result.target->url);
    object.member("state", to_string(result.state));
    object.member("changed", result.changed);
    object.text_or_null("error", result.error ? to_string(result.error->error_class()) : "");
    object.text_or_null("errormsg", result.error ? result.error->message() : "");
    object.member("response_code", trace.status != 0 ? std::optional(trace.status) : std::nullopt);
    object.text_or_null("remote_ip", trace.remote_ip);
    append_times(trace, object);
    if (result.seen.certificate_left) {
        object.fixed("cert_days", result.seen.certificate_left->count(), 2);
    } else {
        object.null("cert_days");
    }
    object.member("attempts", result.attempts);
    object.begin_array("assertions");
    for (const AssertionResult& assertion : result.assertions) {
        append_assertion(assertion, object);
    }
    object.end_array();
    object.end_line();
}

}  // namespace

std::string json_report(const std::vector<CheckResult>& results) {
    std::string out;
    for (const CheckResult& result : results) {
        append_result(result, out);
    }
    return out;
}

}  // namespace runnel
