#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "app/run/output_file.hpp"
#include "base/result.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// The file of `--dead-letter`: lines that nobody took, each as a JSON object with the keys `line`
/// (`line_b64`, in Base64, when it is not UTF-8), `reason` and `attempts`. Opened before anything
/// starts, so that a wrong name is told in time. Only ever appended to; the lines of a batch are
/// written by one call, so that several programs can share it.
class DeadLetters {
public:
    /// No \a name, no file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> open(const std::string& name) { return file_.open(name); }
    [[nodiscard]] bool wanted() const noexcept { return file_.wanted(); }
    [[nodiscard]] const std::string& name() const noexcept { return file_.name(); }

    /// Does nothing without a file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> add(const Batch& batch, std::string_view reason);
    [[nodiscard]] Result<void> add(std::string_view line, std::string_view reason,
                                   std::size_t attempts);

private:
    OutputFile file_{"--dead-letter", OutputFile::Mode::Append};
};

}  // namespace runnel
