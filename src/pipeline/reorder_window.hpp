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

/// Lets many tasks write side by side what has to come out one after another, in the order in which
/// they took their slots:
///
///     ReorderWindow::Slot slot = window.open(outlet);
///     co_await slot.write(piece);               // as often as needed
///     slot.close();
///
/// What the first slot writes goes straight to its outlet; it never waits. What the others write is
/// parked, up to a limit for all of them together; past that their write() waits, until one before
/// them has ended or they are first. A closed slot may be left alone: what it parked comes out in
/// its turn. So nobody can wait for ever: the first slot does not need anybody, and when it ends
/// the next is first.
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
    /// A place in the order. Dropped without close(), what it parked is forgotten and the next
    /// one's turn comes.
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

        /// Takes \a bytes, which must stay until it returns. Waits while it is not this slot's turn
        /// and too much is parked already. Cancelled when stop is requested: not taken then.
        [[nodiscard]] WriteAwaiter write(std::string_view bytes) noexcept {
            return WriteAwaiter(*window_, *place_, bytes);
        }
        /// Takes all of \a bytes at once, whatever is parked already: for the last words, of which
        /// there must be few.
        void append(std::string& bytes) { window_->append(*place_, bytes); }
        /// Set when this slot is the first.
        [[nodiscard]] Event& turn() noexcept { return place_->turn; }
        /// Something has gone to the outlet, and cannot be taken back.
        [[nodiscard]] bool printed() const noexcept { return place_->printed; }
        /// Forgets what is parked and keeps the place: for another try.
        void discard() { window_->discard(*place_); }
        /// All is written: it comes out now, or in its turn, and the outlet is ended. The slot is
        /// empty afterwards. \a settled: see ItemSink::end.
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

    /// Parks up to \a limit bytes, and a piece more; 0: no limit. Many small pieces count for more
    /// than their bytes: see kPlaceCost.
    explicit ReorderWindow(std::uint64_t limit) noexcept;
    ReorderWindow(const ReorderWindow&) = delete;
    ReorderWindow& operator=(const ReorderWindow&) = delete;
    ~ReorderWindow();

    /// The place after all others. What it writes goes to \a outlet, in its turn.
    [[nodiscard]] Slot open(std::shared_ptr<ItemSink> item_sink);
    /// Waits until less is parked than the limit. Cancelled when stop is requested.
    [[nodiscard]] Task<void> writable();
    /// What waits for its turn in all, with its cost.
    [[nodiscard]] std::uint64_t parked() const noexcept { return parked_; }

    /// What a place costs that has something parked, so that a million answers of one byte behind a
    /// slow one are bounded as well.
    static constexpr std::uint64_t kPlaceCost = 256;

private:
    struct Place {
        explicit Place(std::shared_ptr<ItemSink> to) : item_sink(std::move(to)) {}

        std::shared_ptr<ItemSink> item_sink;
        ItemSink::Settled settled;
        std::vector<std::string> parked;
        std::uint64_t cost = 0;
        Event turn;
        WriteAwaiter* writing = nullptr;  ///< Waits, or has just been served.
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
    void admit();

    const std::uint64_t limit_;
    std::list<Place> places_;  // in their order; nothing is parked for the first
    std::uint64_t parked_ = 0;
    detail::WaiterList waiting_;
    Event has_room_;
};

}  // namespace runnel
