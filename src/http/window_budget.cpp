#include "http/window_budget.hpp"

#include <optional>
#include <vector>

#include "async/when_any.hpp"

namespace runnel::http {

namespace {

Task<void> wait_until_set(Event& event) { co_await event.wait(); }

}  // namespace

/// A task that waits for its share. Leaves the queue when it dies.
class WindowBudget::Waiter {
public:
    Waiter(WindowBudget& budget, std::size_t wanted) : bytes(wanted), budget_(budget) {
        budget.waiting_.push_back(this);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() {
        if (!share) {
            budget_.waiting_.remove(this);
            budget_.serve();
        }
    }

    std::size_t bytes;
    std::optional<Share> share;
    Event served;

private:
    WindowBudget& budget_;
};

Task<WindowBudget::Share> WindowBudget::take(std::size_t bytes, Event* turn) {
    bytes = std::min(bytes, total_);
    const bool has_turn = turn != nullptr && turn->is_set();
    if (bytes == 0 || has_turn || (waiting_.empty() && has(bytes))) {
        co_return Share(*this, bytes);
    }
    Waiter waiter(*this, bytes);
    std::vector<Task<void>> ways;
    ways.push_back(wait_until_set(waiter.served));
    if (turn != nullptr) {
        ways.push_back(wait_until_set(*turn));
    }
    First<void> first = co_await when_any(std::move(ways));
    first.outcome.get();
    if (waiter.share) {
        co_return std::move(*waiter.share);
    }
    co_return Share(*this, bytes);
}

void WindowBudget::give_back(std::size_t bytes) noexcept {
    used_ -= bytes;
    serve();
}

void WindowBudget::serve() {
    while (!waiting_.empty() && has(waiting_.front()->bytes)) {
        Waiter& first = *waiting_.front();
        waiting_.pop_front();
        first.share = Share(*this, first.bytes);
        first.served.set();
    }
}

}  // namespace runnel::http
