#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// The file of `--dead-letter`: lines that nobody took, each as a JSON object with the keys `line`
/// (`line_b64`, in Base64, when it is not UTF-8), `reason` and `attempts`. Opened before anything
/// starts, so that a wrong name is told in time. Only ever appended to; the lines of a batch are
/// written by one call, so that several programs can share it.
class DeadLetters {
public:
    /// No \a name, no file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> open(const std::string& name);
    [[nodiscard]] bool wanted() const noexcept { return static_cast<bool>(file_); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Does nothing without a file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> add(const Batch& batch, std::string_view reason);
    [[nodiscard]] Result<void> add(std::string_view line, std::string_view reason,
                                   std::size_t attempts);

private:
    [[nodiscard]] Result<void> write(std::string_view objects);
    [[nodiscard]] Error cannot_write(int code) const;

    std::string name_;
    UniqueFd file_;
};

}  // namespace runnel
