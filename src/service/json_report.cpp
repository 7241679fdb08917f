#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "json/escape.hpp"
#include "service/check_report.hpp"

namespace runnel {

namespace {

/// Writes the members of one object.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view name, std::string_view value) {
        key(name);
        append_json_string(out_, value);
    }
    void text_or_null(std::string_view name, std::string_view value) {
        if (value.empty()) {
            raw(name, "null");
        } else {
            text(name, value);
        }
    }
    void raw(std::string_view name, std::string_view json) {
        key(name);
        out_ += json;
    }
    void truth(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void time(std::string_view name, http::Trace::Time value) {
        raw(name,
            value ? fmt::format("{:.6f}", std::chrono::duration<double>(*value).count()) : "null");
    }
    void end() { out_ += '}'; }

private:
    void key(std::string_view name) {
        out_ += out_.back() == '{' ? "" : ",";
        append_json_string(out_, name);
        out_ += ':';
    }

    std::string& out_;
};

void add_times(const http::Trace& trace, ObjectWriter& object) {
    object.time("time_namelookup", trace.namelookup);
    object.time("time_connect", trace.connect);
    object.time("time_appconnect", trace.appconnect);
    object.time("time_pretransfer", trace.pretransfer);
    object.time("time_starttransfer", trace.starttransfer);
    object.time("time_redirect", trace.redirect);
    object.time("time_total", trace.total);
}

std::string in_json(const std::vector<AssertionResult>& assertions) {
    std::string list = "[";
    for (const AssertionResult& assertion : assertions) {
        list += list.size() > 1 ? "," : "";
        ObjectWriter object(list);
        object.text("name", assertion.name);
        object.truth("ok", assertion.level == AssertionResult::Level::Ok);
        object.text("expected", assertion.expected);
        if (assertion.actual) {
            object.text("actual", *assertion.actual);
        } else {
            object.raw("actual", "null");
        }
        object.end();
    }
    return list + "]";
}

void append(const CheckResult& result, std::string& out) {
    const Observation& seen = result.seen;
    ObjectWriter object(out);
    object.text("type", "check");
    object.text("name", result.target->name);
    object.text("url", result.target->url);
    object.text("state", to_string(result.state));
    object.raw("changed", !result.changed ? "null" : *result.changed ? "true" : "false");
    object.text_or_null("error", result.error ? to_string(result.error->error_class()) : "");
    object.text_or_null("errormsg", result.error ? result.error->message() : "");
    object.raw("response_code",
               seen.trace.status != 0 ? std::to_string(seen.trace.status) : "null");
    object.text_or_null("remote_ip", seen.trace.remote_ip);
    add_times(seen.trace, object);
    object.raw("cert_days", seen.certificate_left
                                ? fmt::format("{:.2f}", seen.certificate_left->count())
                                : "null");
    object.raw("attempts", std::to_string(result.attempts));
    object.raw("assertions", in_json(result.assertions));
    object.end();
    out += '\n';
}

}  // namespace

std::string json_report(const std::vector<CheckResult>& results) {
    std::string out;
    for (const CheckResult& result : results) {
        append(result, out);
    }
    return out;
}

}  // namespace runnel
