#include "base/error.hpp"

namespace runnel {

std::string_view to_string(ErrorClass error_class) noexcept {
    switch (error_class) {
        case ErrorClass::BadInput: return "bad_input";
        case ErrorClass::Dns: return "dns";
        case ErrorClass::Connect: return "connect";
        case ErrorClass::Tls: return "tls";
        case ErrorClass::Timeout: return "timeout";
        case ErrorClass::Idle: return "idle";
        case ErrorClass::Proxy: return "proxy";
        case ErrorClass::Protocol: return "protocol";
        case ErrorClass::Truncated: return "truncated";
        case ErrorClass::TooLarge: return "too_large";
        case ErrorClass::Decode: return "decode";
        case ErrorClass::Redirect: return "redirect";
        case ErrorClass::Blocked: return "blocked";
        case ErrorClass::HttpStatus: return "http_status";
        case ErrorClass::Extract: return "extract";
        case ErrorClass::Expect: return "expect";
        case ErrorClass::HostDown: return "host_down";
        case ErrorClass::Deadline: return "deadline";
        case ErrorClass::Interrupted: return "interrupted";
        case ErrorClass::Cancelled: return "cancelled";
        case ErrorClass::Sink: return "sink";
        case ErrorClass::Internal: return "internal";
    }
    return "internal";
}

}  // namespace runnel
