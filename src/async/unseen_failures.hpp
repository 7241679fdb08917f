#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace runnel {

/// Tasks that failed, in the order of time, until somebody looks at their failure: `seen()` of a
/// Failed says so. Those that were looked at are let go as the list grows, at a constant cost for
/// each, so that it holds at most twice as many as nobody looked at, or a few.
template <class Failed>
class UnseenFailures {
public:
    void add(std::shared_ptr<Failed> failed) {
        if (failed_.size() >= limit_) {
            std::erase_if(failed_, [](const auto& old) { return old->seen(); });
            limit_ = std::max(kFew, 2 * failed_.size());
        }
        failed_.push_back(std::move(failed));
    }
    /// Null when all were looked at.
    [[nodiscard]] std::shared_ptr<Failed> first() const {
        const auto found = std::find_if(failed_.begin(), failed_.end(),
                                        [](const auto& failed) { return !failed->seen(); });
        return found == failed_.end() ? nullptr : *found;
    }
    /// Those that nobody looked at; the list is empty afterwards.
    [[nodiscard]] std::vector<std::shared_ptr<Failed>> take() {
        std::erase_if(failed_, [](const auto& failed) { return failed->seen(); });
        return std::exchange(failed_, {});
    }

private:
    static constexpr std::size_t kFew = 16;

    std::vector<std::shared_ptr<Failed>> failed_;
    std::size_t limit_ = kFew;
};

}  // namespace runnel
