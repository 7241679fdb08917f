#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace runnel {

/// Receives the outcome of lines that were added to batches.
class LineOwner {
public:
    LineOwner() = default;
    LineOwner(const LineOwner&) = delete;
    LineOwner& operator=(const LineOwner&) = delete;
    virtual ~LineOwner() = default;

    /// Called with the number of lines that were accepted, or given up because of \a failure: once
    /// per run of consecutive lines of this owner in a batch.
    virtual void settle(std::size_t lines, const std::optional<Error>& failure) = 0;
};

/// Lines that are delivered together, all or none, or from the first to the last (take_first). They
/// are stored as one text, so that a million lines are not a million objects.
class Batch {
public:
    /// \a delimiter ends each line in text(). If lines contain it, only for_each() tells them
    /// apart.
    explicit Batch(char delimiter) noexcept : delimiter_(delimiter) {}

    /// Adds a line. \a owner, if not null, is informed by settle().
    void add(std::string_view line, const std::shared_ptr<LineOwner>& owner = nullptr);
    /// Reports the outcome to all owners and removes them.
    void settle(const std::optional<Error>& failure);
    /// Removes the first \a lines, at most all, and returns them as a batch with the same number
    /// and attempts.
    [[nodiscard]] Batch take_first(std::size_t lines);

    /// Returns all lines, each with its delimiter. Valid until the batch changes.
    [[nodiscard]] std::string_view text() const noexcept {
        return std::string_view(text_).substr(begin());
    }
    /// Returns the number of lines.
    [[nodiscard]] std::size_t size() const noexcept { return ends_.size() - taken_; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// Calls \a take with each line, without its delimiter, in order.
    template <class Take>
    void for_each(Take take) const {
        std::size_t from = begin();
        for (std::size_t i = taken_; i < ends_.size(); ++i) {
            take(std::string_view(text_).substr(from, ends_[i] - 1 - from));
            from = ends_[i];
        }
    }

    std::uint64_t number = 0;  ///< Number of the batch, from 1, or after those of earlier runs.
    std::size_t attempts = 0;  ///< Attempts to deliver it, including the current one.

private:
    /// Consecutive lines of one owner.
    struct Share {
        std::shared_ptr<LineOwner> owner;  ///< Null if they have none.
        std::size_t lines = 0;
    };

    /// Position of the first line in text_.
    [[nodiscard]] std::size_t begin() const noexcept { return taken_ == 0 ? 0 : ends_[taken_ - 1]; }
    [[nodiscard]] std::deque<Share> take_shares(std::size_t lines);

    char delimiter_;
    std::string text_;
    std::vector<std::size_t> ends_;  ///< Positions in text_ after each line and its delimiter.
    std::size_t taken_ = 0;          ///< Lines that take_first() has removed.
    std::deque<Share> shares_;
};

}  // namespace runnel
