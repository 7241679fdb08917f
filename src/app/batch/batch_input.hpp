#pragma once

#include <cstdint>
#include <optional>

#include "app/batch/batch_plan.hpp"
#include "app/batch/redo_file.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "io/line_reader.hpp"
#include "io/loop.hpp"

namespace runnel {

/// The lines of a run of `batch`: those of stdin, or of the dead letters of `--redo`.
class BatchInput {
public:
    /// All arguments must outlive this.
    BatchInput(Loop& loop, const BatchPlan& plan, const RedoFile& redo);

    /// Waits for the next line and returns it; nullopt at the end. Fails with ErrorClass::BadInput
    /// if the input cannot be read, and names it. Cancelled when stop is requested: no line is
    /// lost.
    [[nodiscard]] Task<Result<std::optional<Line>>> next();

    /// Whether next() has returned nullopt.
    [[nodiscard]] bool at_end() const noexcept { return at_end_; }
    /// The share of the input that was read, by bytes, from 0 to 1; nullopt if it is not a regular
    /// file.
    [[nodiscard]] std::optional<double> share_read() const noexcept;

private:
    const RedoFile& redo_;
    std::optional<std::uint64_t> size_;  ///< Bytes.
    std::uint64_t bytes_read_ = 0;
    bool at_end_ = false;
    LineReader reader_;
};

}  // namespace runnel
