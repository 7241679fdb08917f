#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "app/run/output_file.hpp"
#include "base/result.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// The file of `--dead-letter`: lines that were not accepted, each as a JSON object with the keys
/// `line` (`line_b64`, in Base64, if it is not UTF-8), `reason` and `attempts`. Opened before
/// anything starts, so that a wrong name fails early. Append-only; the lines of a batch are written
/// by one call, so that several programs can share the file.
class DeadLetters {
public:
    /// Does nothing if \a name is empty. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> open(const std::string& name) { return file_.open(name); }
    [[nodiscard]] bool wanted() const noexcept { return file_.wanted(); }
    [[nodiscard]] const std::string& name() const noexcept { return file_.name(); }

    /// Appends lines. Does nothing without a file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> add(const Batch& batch, std::string_view reason);
    [[nodiscard]] Result<void> add(std::string_view line, std::string_view reason,
                                   std::size_t attempts);

private:
    OutputFile file_{"--dead-letter", OutputFile::Mode::Append};
};

}  // namespace runnel
