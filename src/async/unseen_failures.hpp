#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace runnel {

/// Tasks that failed, oldest first, until their failure was looked at (`seen()` of a Failed). Seen
/// ones are removed as the list grows, at an amortised constant cost, so that it holds at most
/// twice the number of unseen ones, or 16.
template <class Failed>
class UnseenFailures {
public:
    void add(std::shared_ptr<Failed> failed) {
        if (failed_.size() >= limit_) {
            std::erase_if(failed_, [](const auto& old) { return old->seen(); });
            limit_ = std::max(kMinLimit, 2 * failed_.size());
        }
        failed_.push_back(std::move(failed));
    }
    /// Returns the oldest unseen one; null if there is none.
    [[nodiscard]] std::shared_ptr<Failed> first() const {
        const auto found = std::find_if(failed_.begin(), failed_.end(),
                                        [](const auto& failed) { return !failed->seen(); });
        return found == failed_.end() ? nullptr : *found;
    }
    /// Returns the unseen ones and empties the list.
    [[nodiscard]] std::vector<std::shared_ptr<Failed>> take() {
        std::erase_if(failed_, [](const auto& failed) { return failed->seen(); });
        return std::exchange(failed_, {});
    }

private:
    static constexpr std::size_t kMinLimit = 16;

    std::vector<std::shared_ptr<Failed>> failed_;
    std::size_t limit_ = kMinLimit;
};

}  // namespace runnel
