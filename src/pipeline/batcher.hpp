#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>

#include "async/event.hpp"
#include "async/scheduler.hpp"
#include "async/task.hpp"
#include "base/deadline.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// Most bytes of a batch, where each line counts for so many more than it has.
class ByteLimit {
public:
    /// No limit.
    ByteLimit() = default;
    /// \a bytes of 0: no limit.
    ByteLimit(std::uint64_t bytes, std::uint64_t per_line) noexcept
        : bytes_(bytes), per_line_(per_line) {}

    /// Whether \a lines that have so many \a bytes together, without their ends, are within it.
    [[nodiscard]] bool allows(std::uint64_t bytes, std::size_t lines) const noexcept {
        return bytes_ == 0 || bytes + lines * per_line_ <= bytes_;
    }

private:
    std::uint64_t bytes_ = 0;
    std::uint64_t per_line_ = 0;
};

/// When a batch is complete: by whichever comes first. A single line that is beyond a limit of
/// bytes is a batch of its own.
struct BatchLimits {
    std::size_t lines = 1000;
    ByteLimit bytes;            ///< What was asked for.
    ByteLimit arguments;        ///< What fits on a command line.
    Duration age = Duration();  ///< Since the first line came; zero: no limit.
};

/// Lines in, batches out. A batch is due when it is complete by number or bytes, when its first
/// line is as old as the limit says, and at the end; never later, and earlier only in that the one
/// who takes batches finds those that became due before it came.
///
/// Holds one complete batch and the beginning of the next: whoever adds awaits room() before. Any
/// number of tasks may add; one takes. A batch that is due by its age and was not taken goes on
/// growing until it is complete.
class Batcher {
public:
    /// \a scheduler must outlive this. \a delimiter: see Batch.
    Batcher(const Scheduler& scheduler, const BatchLimits& limits, char delimiter) noexcept;

    /// Takes a line without its delimiter, at once: nothing that was read can get lost in a wait.
    void add(std::string_view line, const std::shared_ptr<LineOwner>& owner = nullptr);
    /// Whether room() would not wait.
    [[nodiscard]] bool is_writable() const noexcept { return room_.is_set(); }
    /// Waits while a complete batch waits to be taken. Cancelled when stop is requested.
    [[nodiscard]] auto writable() noexcept { return room_.wait(); }
    /// No more lines: what is there is due.
    void close() noexcept;

    /// Waits for a batch to be due; nullopt when all were taken and no more can come. Cancelled
    /// when stop is requested: no line is lost. One task at a time.
    [[nodiscard]] Task<std::optional<Batch>> next();

    /// Lines and batches so far.
    [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
    [[nodiscard]] std::uint64_t batches() const noexcept { return batches_; }

private:
    [[nodiscard]] bool fits(std::string_view line) const noexcept;
    [[nodiscard]] bool filled() const noexcept;
    void complete();
    [[nodiscard]] std::optional<Batch> take_due();
    [[nodiscard]] Batch numbered(Batch batch) noexcept;

    const Scheduler& scheduler_;
    const BatchLimits limits_;
    const char delimiter_;
    std::deque<Batch> complete_;
    Batch filling_;
    Deadline due_;
    bool closed_ = false;
    std::uint64_t lines_ = 0;
    std::uint64_t batches_ = 0;
    Event room_;
    Event changed_;
};

}  // namespace runnel
