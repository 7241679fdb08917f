#include "app/fetch/failure_log.hpp"

#include <fmt/format.h>

#include "http/url.hpp"

namespace runnel {

namespace {

/// What a person can make of a class of failure; empty where the message says it all.
std::string_view explanation(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::Dns: return "the name does not resolve";
        case ErrorClass::Connect: return "no connection, or it broke before the response headers";
        case ErrorClass::Tls: return "the secure connection was refused: certificate or handshake";
        case ErrorClass::Timeout: return "the limit is -m/--max-time";
        case ErrorClass::Idle: return "the limit is --idle-timeout";
        case ErrorClass::Proxy: return "it is the proxy that failed, not the server";
        case ErrorClass::Protocol: return "the reply is not valid HTTP";
        case ErrorClass::Truncated: return "the connection ended before the body did";
        case ErrorClass::TooLarge: return "the limits are --max-body and --max-line";
        case ErrorClass::Decode: return "the compressed body is broken";
        case ErrorClass::Blocked: return "--deny-private allows public addresses only";
        case ErrorClass::HttpStatus: return "the status is not in --expect";
        case ErrorClass::HostDown: return "it is asked again each second; see --host-breaker";
        case ErrorClass::Deadline: return "the limit is --deadline";
        case ErrorClass::Interrupted: return "a signal ended the run";
        default: return {};
    }
}

/// The URL says more than a line that was put into one, and holds no secrets as a line of JSON may.
std::string shown_input(const Record& record) {
    if (!record.url.empty()) {
        return record.url;
    }
    constexpr std::string_view kBeforeJson = " \t\r\n";
    const std::size_t begin = record.input.find_first_not_of(kBeforeJson);
    const bool json = begin != std::string::npos && record.input[begin] == '{';
    return json ? "a request in JSON" : http::without_userinfo(record.input);
}

std::string place(const Record& record) {
    std::string input = shown_input(record);
    if (!record.line) {
        return input;
    }
    return fmt::format("{} ({}, line {})", input, record.file_in == "-" ? "stdin" : record.file_in,
                       *record.line);
}

}  // namespace

void FailureLog::tell(const Record& record) {
    const Error& failure = *record.failure;
    std::string text = fmt::format("{}: {}: {}", place(record), to_string(failure.error_class()),
                                   failure.message());
    const auto which = static_cast<std::size_t>(failure.error_class());
    const std::string_view more = explanation(failure.error_class());
    if (!explained_.test(which) && !more.empty()) {
        text += fmt::format(" [{}]", more);
    }
    explained_.set(which);
    log_.error(text);
}

}  // namespace runnel
