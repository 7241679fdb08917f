#pragma once

#include <optional>
#include <string>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace runnel {

/// Reads the whole file \a path, or standard input if it is `-`. Blocks, except as a ReadLimit
/// says. Errors are ErrorClass::BadInput with the errno, and the message is `cannot read PATH:
/// REASON`.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// While it lives, read_file() and others that wait for a pipe in this thread do so no longer than
/// until the deadline, or until a descriptor is readable; then they fail with ErrorClass::Deadline
/// or Interrupted.
/// Objects of one thread must be nested.
class ReadLimit {
public:
    /// \a wake is that descriptor, such as a signalfd; -1 if there is none. It is not read.
    explicit ReadLimit(Deadline deadline, int wake = -1) noexcept;
    ReadLimit(const ReadLimit&) = delete;
    ReadLimit& operator=(const ReadLimit&) = delete;
    ~ReadLimit();

    /// Whether the deadline has ended a read.
    [[nodiscard]] bool deadline_passed() const noexcept { return deadline_passed_; }
    /// Returns the innermost limit of this thread; null if there is none.
    [[nodiscard]] static ReadLimit* current() noexcept;
    /// Waits until \a descriptor, the file \a path, is readable or at its end.
    [[nodiscard]] Result<void> wait(int descriptor, const std::string& path);
    /// Waits for \a span. The message of a failure begins with \a what.
    [[nodiscard]] Result<void> pause(Duration span, const std::string& what);

private:
    [[nodiscard]] Result<void> poll(int descriptor, Deadline until, const std::string& what);

    Deadline deadline_;
    int wake_;
    bool deadline_passed_ = false;
    ReadLimit* outer_;
};

}  // namespace runnel
