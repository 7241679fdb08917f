#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <list>
#include <utility>

#include "async/event.hpp"
#include "async/task.hpp"

namespace runnel::http {

/// Limits the memory of all windows of brotli and zstd together. A sender chooses a window of up to
/// 16 MiB (zstd: 8 MiB), and a few bytes can fill it, so the limit on buffered bodies does not
/// limit it.
///
/// First in, first out: a small window does not overtake a large one.
class WindowBudget {
    class Waiter;

public:
    /// A part of the budget, given back when this dies. Must not outlive the budget.
    class [[nodiscard]] Share {
    public:
        Share() = default;
        Share(Share&& other) noexcept
            : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
        Share& operator=(Share&& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        ~Share() {
            if (bytes_ > 0) {
                budget_->give_back(bytes_);
            }
        }

    private:
        friend class WindowBudget;
        Share(WindowBudget& budget, std::size_t bytes) noexcept : budget_(&budget), bytes_(bytes) {
            budget.used_ += bytes;
        }

        WindowBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

    static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

    explicit WindowBudget(std::size_t bytes) noexcept : total_(bytes) {}
    WindowBudget(const WindowBudget&) = delete;
    WindowBudget& operator=(const WindowBudget&) = delete;
    ~WindowBudget() = default;

    /// Waits until \a bytes are left of the budget, or all of it if they are more. Once \a turn is
    /// set (null if never), exceeds the budget, because the holders of shares wait for the caller.
    /// Cancelled when stop is requested. \a turn must outlive the task.
    [[nodiscard]] Task<Share> take(std::size_t bytes, Event* turn);

private:
    [[nodiscard]] bool has(std::size_t bytes) const noexcept {
        return used_ <= total_ && bytes <= total_ - used_;
    }
    void give_back(std::size_t bytes) noexcept;
    void serve();

    std::size_t total_;
    std::size_t used_ = 0;
    std::list<Waiter*> waiting_;
};

}  // namespace runnel::http
