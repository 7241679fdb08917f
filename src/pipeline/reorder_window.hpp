#pragma once

#include <coroutine>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/event.hpp"
#include "async/task.hpp"
#include "async/waiter.hpp"
#include "pipeline/item_sink.hpp"

namespace runnel {

/// Lets many tasks write concurrently and outputs their data one after another, in the order in
/// which they opened their slots:
///
///     ReorderWindow::Slot slot = window.open(item_sink);
///     co_await slot.write(piece);               // as often as needed
///     slot.close();
///
/// The first slot writes directly to its sink and never waits. Data of the other slots is parked,
/// up to a common limit; beyond it write() waits until less is parked or the slot becomes the
/// first. A closed slot needs no further calls: its data is written when its turn comes. So no
/// deadlock is possible: the first slot waits for no other, and when it ends the next is first.
///
/// For the loop's thread. Must outlive its slots.
class ReorderWindow {
    struct Place;

    class WriteAwaiter final : detail::Waiter {
    public:
        WriteAwaiter(ReorderWindow& window, Place& place, std::string_view bytes) noexcept
            : window_(window), place_(place), bytes_(bytes) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!enter(self, line) || window_.take(place_, bytes_)) {
                return false;
            }
            place_.writing = this;
            wait_in(&window_.waiting_);
            return true;
        }
        void await_resume() {
            place_.writing = nullptr;
            leave();
        }

    private:
        friend class ReorderWindow;
        ReorderWindow& window_;
        Place& place_;
        std::string_view bytes_;
    };

public:
    /// A place in the order. Destroying it without close() discards its parked data, and the turn
    /// passes to the next slot.
    class [[nodiscard]] Slot {
    public:
        Slot() = default;
        Slot(Slot&& other) noexcept
            : window_(std::exchange(other.window_, nullptr)), place_(other.place_) {}
        Slot& operator=(Slot&& other) noexcept {
            if (this != &other) {
                drop();
                window_ = std::exchange(other.window_, nullptr);
                place_ = other.place_;
            }
            return *this;
        }
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot() { drop(); }

        /// Writes or parks \a bytes, which must stay valid until it returns. Waits while the limit
        /// is reached and this slot is not the first. Cancelled when stop is requested; then \a
        /// bytes are not written.
        [[nodiscard]] WriteAwaiter write(std::string_view bytes) noexcept {
            return WriteAwaiter(*window_, *place_, bytes);
        }
        /// Writes or parks \a bytes without waiting, regardless of the limit: for small amounts at
        /// the end.
        void append(std::string& bytes) { window_->append(*place_, bytes); }
        /// Set when this slot is the first.
        [[nodiscard]] Event& turn() noexcept { return place_->turn; }
        /// Returns whether any bytes went to the sink; these cannot be taken back.
        [[nodiscard]] bool printed() const noexcept { return place_->printed; }
        /// Discards parked data and keeps the place, for another attempt.
        void discard() { window_->discard(*place_); }
        /// Ends the slot and its sink, now or when its turn comes. The slot is empty afterwards. \a
        /// settled: see ItemSink::end().
        void close(ItemSink::Settled settled = {}) {
            std::exchange(window_, nullptr)->close(place_, std::move(settled));
        }

    private:
        friend class ReorderWindow;
        Slot(ReorderWindow& window, std::list<Place>::iterator place)
            : window_(&window), place_(place) {}
        void drop();

        ReorderWindow* window_ = nullptr;
        std::list<Place>::iterator place_;
    };

    /// Parks up to \a limit bytes, plus one piece; 0 means no limit. Small pieces count for more
    /// than their bytes: see kPlaceCost.
    explicit ReorderWindow(std::uint64_t limit) noexcept;
    ReorderWindow(const ReorderWindow&) = delete;
    ReorderWindow& operator=(const ReorderWindow&) = delete;
    ~ReorderWindow();

    /// Opens the slot after all others. Its data goes to \a item_sink when its turn comes.
    [[nodiscard]] Slot open(std::shared_ptr<ItemSink> item_sink);
    /// Waits until less is parked than the limit. Cancelled when stop is requested.
    [[nodiscard]] Task<void> writable();
    /// Returns the total cost of parked data.
    [[nodiscard]] std::uint64_t parked() const noexcept { return parked_; }

    /// Cost of a slot with parked data, in addition to its bytes, so that a million answers of one
    /// byte behind a slow one are limited as well.
    static constexpr std::uint64_t kPlaceCost = 256;

private:
    struct Place {
        explicit Place(std::shared_ptr<ItemSink> to) : item_sink(std::move(to)) {}

        std::shared_ptr<ItemSink> item_sink;
        ItemSink::Settled settled;
        std::vector<std::string> parked;
        std::uint64_t cost = 0;
        Event turn;
        WriteAwaiter* writing = nullptr;  ///< The write() in progress, until its task resumes.
        bool closed = false;
        bool printed = false;
    };

    [[nodiscard]] bool is_first(const Place& place) const noexcept {
        return &place == &places_.front();
    }
    [[nodiscard]] bool take(Place& place, std::string_view bytes);
    void append(Place& place, std::string& bytes);
    void print(Place& place, std::string_view bytes);
    void park(Place& place, std::string_view bytes);
    void discard(Place& place);
    void close(std::list<Place>::iterator place, ItemSink::Settled settled);
    void end(std::list<Place>::iterator place);
    void begin_turn();
    void print_parked(Place& place);
    void park_waiting();

    const std::uint64_t limit_;
    std::list<Place> places_;  // in order; nothing is parked for the first
    std::uint64_t parked_ = 0;
    detail::WaiterList waiting_;
    Event below_limit_;
};

}  // namespace runnel
