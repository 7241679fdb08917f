#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace runnel {

/// Why an input did not end well. The names are those of the record's `error` key, and are stable:
/// scripts branch on them. `docs/cli.md` says when each is used.
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

/// The stable name, for example `"bad_input"`.
[[nodiscard]] std::string_view to_string(ErrorClass error_class) noexcept;

/// A failure a user can meet: what kind, in words, and the number the system gave for it.
/// Declares its constructors so that it is no aggregate: g++ 12 destroys aggregate temporaries
/// twice when a `co_await` shares their expression (docs/coroutines.md).
class Error {
public:
    Error() = default;
    Error(ErrorClass error_class, std::string message, int code = 0)
        : error_class_(error_class), message_(std::move(message)), code_(code) {}

    [[nodiscard]] ErrorClass error_class() const noexcept { return error_class_; }
    /// One sentence for a person; never holds a secret.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// CURLcode for a failed transfer, errno for a failed system call, else 0.
    [[nodiscard]] int code() const noexcept { return code_; }

private:
    ErrorClass error_class_ = ErrorClass::Internal;
    std::string message_;
    int code_ = 0;
};

}  // namespace runnel
