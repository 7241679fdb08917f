#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "async/event.hpp"
#include "async/scheduler.hpp"
#include "async/task.hpp"
#include "base/deadline.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// Maximum size of a batch in bytes, with a fixed overhead per line.
class ByteLimit {
public:
    /// Sets no limit.
    ByteLimit() = default;
    /// \a bytes of 0 means no limit.
    ByteLimit(std::uint64_t bytes, std::uint64_t per_line) noexcept
        : bytes_(bytes), per_line_(per_line) {}

    /// Returns whether \a lines with \a bytes in total, without delimiters, are within the limit.
    [[nodiscard]] bool allows(std::uint64_t bytes, std::size_t lines) const noexcept {
        return bytes_ == 0 || bytes + lines * per_line_ <= bytes_;
    }

private:
    std::uint64_t bytes_ = 0;
    std::uint64_t per_line_ = 0;
};

/// Limits of a batch. It is due when it reaches any of them. A single line over a byte limit is a
/// batch of its own.
struct BatchLimits {
    std::size_t lines = 1000;
    ByteLimit bytes;            ///< Limit set by the user.
    ByteLimit arguments;        ///< Limit of a command line.
    Duration age = Duration();  ///< Since the first line was added; 0 means no limit.
    bool at_once = false;       ///< A batch is due as soon as it has a line.
};

/// Groups lines into batches. A batch is due when it is complete (it has reached its limit of lines
/// or bytes), when its first line reaches the age limit, and at the end. It may be taken late, and
/// then contains the lines added meanwhile.
///
/// Accepts lines until a batch is complete, so it usually holds one complete batch and the
/// beginning of the next: await writable() before add(). Any number of tasks may add; one takes. A
/// batch that is due by age and was not taken keeps growing until it is complete.
class Batcher {
public:
    /// \a scheduler must outlive this. \a delimiter: see Batch.
    Batcher(const Scheduler& scheduler, const BatchLimits& limits, char delimiter) noexcept;

    /// Adds \a line, which must not include the delimiter. Does not wait, so that cancellation
    /// cannot lose a line that was read.
    void add(std::string_view line, const std::shared_ptr<LineOwner>& owner = nullptr);
    /// Returns whether writable() would not wait.
    [[nodiscard]] bool is_writable() const noexcept { return can_add_.is_set(); }
    /// Waits while a complete batch has not been taken. Cancelled when stop is requested.
    [[nodiscard]] auto writable() noexcept { return can_add_.wait(); }
    /// Ends the input: remaining lines are due.
    void close() noexcept;

    /// Returns the maximum number of lines to take, when a batch is due.
    using MaxLines = std::function<std::size_t()>;
    /// Waits until a batch is due and takes it, or its first lines if it has more than
    /// \a max_lines; the others are due next. Without \a max_lines takes all. Returns nullopt after
    /// close(), when all batches were taken. Cancelled when stop is requested; no line is lost. To
    /// be called by one task at a time.
    [[nodiscard]] Task<std::optional<Batch>> next(MaxLines max_lines = nullptr);

    /// Numbers the batches from the one after \a last on; from 1 by default.
    void number_after(std::uint64_t last) noexcept { last_number_ = last; }
    /// Returns the number of the last batch.
    [[nodiscard]] std::uint64_t last_number() const noexcept { return last_number_; }

    /// Return the numbers of lines and batches so far.
    [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
    [[nodiscard]] std::uint64_t batches() const noexcept { return batches_; }

private:
    [[nodiscard]] bool fits(std::string_view line) const noexcept;
    [[nodiscard]] bool filled() const noexcept;
    void complete();
    [[nodiscard]] bool is_due() const noexcept;
    [[nodiscard]] Batch take(std::size_t max_lines);

    const Scheduler& scheduler_;
    const BatchLimits limits_;
    const char delimiter_;
    std::deque<Batch> complete_;
    Batch filling_;
    Deadline due_;
    bool closed_ = false;
    std::uint64_t lines_ = 0;
    std::uint64_t batches_ = 0;
    std::uint64_t last_number_ = 0;
    Event can_add_;
    Event changed_;
};

}  // namespace runnel
