#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace runnel {

/// Somebody who gave lines and waits to hear what became of them.
class LineOwner {
public:
    LineOwner() = default;
    LineOwner(const LineOwner&) = delete;
    LineOwner& operator=(const LineOwner&) = delete;
    virtual ~LineOwner() = default;

    /// So many of its lines are settled: accepted, or given up because of \a failure. Called for
    /// each run of them that stood together in a batch.
    virtual void settle(std::size_t lines, const std::optional<Error>& failure) = 0;
};

/// Lines that are delivered together, whole or not at all. Keeps them as one text, so that a
/// million lines are not a million objects.
class Batch {
public:
    /// \a delimiter ends each line in text(); no line may hold it.
    explicit Batch(char delimiter) noexcept : delimiter_(delimiter) {}

    /// \a owner, if there is one, hears by settle() what became of it.
    void add(std::string_view line, const std::shared_ptr<LineOwner>& owner = nullptr);
    /// Tells all owners; it is over with this batch.
    void settle(const std::optional<Error>& failure);

    /// Every line with its delimiter.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// How many lines.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Calls \a take with each line, without its delimiter, in order.
    template <class Take>
    void for_each(Take take) const {
        std::string_view rest = text_;
        while (!rest.empty()) {
            const std::size_t end = rest.find(delimiter_);
            take(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
    }

    std::uint64_t number = 0;  ///< Counts the batches of a run, from 1.
    std::size_t attempts = 0;  ///< To deliver it, the present one included.

private:
    struct Share {
        std::shared_ptr<LineOwner> owner;
        std::size_t lines = 0;
    };

    char delimiter_;
    std::string text_;
    std::size_t size_ = 0;
    std::vector<Share> shares_;
};

}  // namespace runnel
