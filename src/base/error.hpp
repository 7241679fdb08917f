#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace runnel {

/// The reason of a failed input. The names are the values of the record's `error` key and never
/// change, because scripts depend on them. docs/cli.md describes when each is used.
enum class ErrorClass {
    BadInput,
    Dns,
    Connect,
    Tls,
    Timeout,
    Idle,
    Proxy,
    Protocol,
    Truncated,
    TooLarge,
    Decode,
    Redirect,
    Blocked,
    HttpStatus,
    Extract,
    Expect,
    HostDown,
    Deadline,
    Interrupted,
    Cancelled,
    Sink,
    Internal,
};

/// Returns the stable name, for example `"bad_input"`.
[[nodiscard]] std::string_view to_string(ErrorClass error_class) noexcept;

/// A failure: its class, a message and the error number of the system or of libcurl. Declares
/// constructors, so that it is not an aggregate: g++ 12 destroys aggregate temporaries twice if
/// their expression contains a `co_await` (docs/coroutines.md).
class Error {
public:
    Error() = default;
    Error(ErrorClass error_class, std::string message, int code = 0)
        : error_class_(error_class), message_(std::move(message)), code_(code) {}

    [[nodiscard]] ErrorClass error_class() const noexcept { return error_class_; }
    /// One line for a person to read; never contains a secret.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// The CURLcode of a failed transfer, the errno of a failed system call, otherwise 0.
    [[nodiscard]] int code() const noexcept { return code_; }

private:
    ErrorClass error_class_ = ErrorClass::Internal;
    std::string message_;
    int code_ = 0;
};

/// Makes an ErrorClass::BadInput: an input, an option or a file of the user that is not valid.
[[nodiscard]] inline Error bad_input(std::string message, int code = 0) {
    return Error(ErrorClass::BadInput, std::move(message), code);
}

}  // namespace runnel
