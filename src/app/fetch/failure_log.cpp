#include "app/fetch/failure_log.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "http/url.hpp"

namespace runnel {

namespace {

/// Maximum size of an input in a message (bytes).
constexpr std::size_t kMaxShown = 1000;

/// Returns a hint for a class of failure; empty if its messages need none.
std::string_view explanation(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::Dns: return "the name does not resolve";
        case ErrorClass::Connect:
            return "no connection, or it was closed before the response headers";
        case ErrorClass::Tls: return "the certificate or the TLS handshake was not accepted";
        case ErrorClass::Timeout: return "the limit is -m/--max-time";
        case ErrorClass::Idle: return "the limit is --idle-timeout";
        case ErrorClass::Proxy: return "the proxy failed, not the server";
        case ErrorClass::Protocol: return "the response is not valid HTTP";
        case ErrorClass::Truncated: return "the connection was closed before the end of the body";
        case ErrorClass::TooLarge: return "the limits are --max-body and --max-line";
        case ErrorClass::Decode:
            return "Content-Encoding is unknown, or the body does not match it";
        case ErrorClass::Blocked: return "--deny-private allows public addresses only";
        case ErrorClass::HttpStatus: return "the status is not in --expect";
        case ErrorClass::HostDown:
            return "one request per second checks whether it is up; see --host-breaker";
        case ErrorClass::Deadline: return "the limit is --deadline";
        case ErrorClass::Interrupted: return "a signal ended the run";
        default: return {};
    }
}

/// Returns the URL, which says more than the text of a --template; or the text of the input, unless
/// that is JSON, which may contain secrets.
std::string shown_input(const Record& record) {
    if (!record.url.empty()) {
        return record.url;
    }
    constexpr std::string_view kBeforeJson = " \t\r\n";
    const bool json = trimmed(record.input, kBeforeJson).starts_with('{');
    return json ? "a request in JSON" : http::without_userinfo(record.input);
}

std::string place(const Record& record) {
    std::string input = abbreviated(shown_input(record), kMaxShown);
    if (!record.line) {
        return input;
    }
    return fmt::format("{} ({}, line {})", input, record.file_in == "-" ? "stdin" : record.file_in,
                       *record.line);
}

}  // namespace

void FailureLog::log(const Record& record) {
    const Error& failure = *record.failure;
    if (record.state() != Record::State::Cancelled) {
        log(place(record), failure.error_class(), failure.message());
        return;
    }
    Cancelled& cancelled = cancelled_[failure.error_class()];
    if (++cancelled.count == 1) {
        cancelled.first = place(record);
        cancelled.why = failure.message();
    }
}

void FailureLog::log_cancelled() {
    for (const auto& [error_class, cancelled] : cancelled_) {
        const std::size_t more = cancelled.count - 1;
        const std::string others =
            more > 0 ? fmt::format(" and {} {}", more, more == 1 ? "other" : "others") : "";
        log(cancelled.first + others, error_class, cancelled.why);
    }
    cancelled_.clear();
}

void FailureLog::log(std::string_view place, ErrorClass error_class, std::string_view why) {
    std::string text = fmt::format("{}: {}: {}", place, to_string(error_class), why);
    const auto which = static_cast<std::size_t>(error_class);
    const std::string_view more = explanation(error_class);
    if (!explained_.test(which) && !more.empty()) {
        text += fmt::format(" [{}]", more);
    }
    explained_.set(which);
    log_.error(text);
}

}  // namespace runnel
