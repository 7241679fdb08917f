#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/event.hpp"
#include "async/task.hpp"
#include "async/waiter.hpp"
#include "base/error.hpp"
#include "io/io_thread.hpp"
#include "io/loop.hpp"
#include "io/wakeup.hpp"

namespace runnel {

/// The writer of one descriptor that belongs to somebody else, and whose flags stay as they are:
/// a thread makes blocking writes. It also notices within milliseconds, with nothing to write, that
/// a pipe's or socket's reader has gone.
///
/// What is appended leaves in order, at the end of the turn, or up to a millisecond later when
/// something left less than a millisecond before: waking the thread costs more than a line does.
///
/// Everything here is for the loop's thread. SIGPIPE does no harm: it is blocked where it would
/// come.
class Output {
    class RoomAwaiter final : detail::Waiter {
    public:
        explicit RoomAwaiter(Output& output) noexcept : output_(output) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!enter(self, line) || output_.is_writable()) {
                return false;
            }
            wait_in(&output_.for_room_);
            return true;
        }
        void await_resume() { leave(); }

    private:
        Output& output_;
    };

    class WrittenAwaiter final : detail::Waiter {
    public:
        WrittenAwaiter(Output& output, std::uint64_t position, Deadline deadline) noexcept
            : output_(output), position_(position), deadline_(deadline) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!enter(self, line) || output_.settled(position_)) {
                return false;
            }
            wait_in(&output_.for_position_[position_], deadline_);
            return true;
        }
        bool await_resume() {
            leave();
            return output_.written() >= position_;
        }

    private:
        Output& output_;
        std::uint64_t position_;
        Deadline deadline_;
    };

public:
    static constexpr std::size_t kHighWater = std::size_t{256} << 10;

    /// Borrows \a descriptor, which must stay open while this lives; \a name begins the message of
    /// an error. \a loop must outlive this.
    Output(Loop& loop, int descriptor, std::size_t high_water = kHighWater,
           std::string name = "stdout");
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    /// Ends the thread at once, even one that is stuck in a write. What was not written is lost:
    /// flush() first. Nobody may wait on this any more.
    ~Output();

    /// Takes \a bytes, whole and in order. Never waits; who may append much awaits room() before.
    /// After a failure they are dropped.
    void append(std::string_view bytes) {
        appended_ += bytes.size();
        if (error_) {
            return;
        }
        pending_ += bytes;
        if (pending_.size() > kHandOverSize) {
            hand_over();
        }
    }

    /// The same for all of \a buffer, which is empty afterwards. A small one keeps its memory, to
    /// be filled again; a large one is not copied.
    void append_from(std::string& buffer);

    /// Whether room() would not wait.
    [[nodiscard]] bool is_writable() const noexcept { return below_mark() && for_room_.empty(); }
    /// Waits while more than the high-water mark is appended and not written. First come, first
    /// served. Returns at once after a failure. Cancelled when stop is requested.
    [[nodiscard]] RoomAwaiter writable() noexcept { return RoomAwaiter(*this); }

    /// All bytes ever appended, with those dropped after a failure: the position of the last one.
    [[nodiscard]] std::uint64_t appended() const noexcept { return appended_; }
    /// How many of them the system has taken.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

    /// Waits until written() has reached \a position, or writing failed. True: it has. Cancelled
    /// when stop is requested.
    [[nodiscard]] WrittenAwaiter written_up_to(std::uint64_t position) noexcept {
        return WrittenAwaiter(*this, position, Deadline::never());
    }

    /// Waits until everything appended so far was written: true. False: it failed, or \a deadline
    /// came first. Cancelled when stop is requested.
    [[nodiscard]] Task<bool> flush(Deadline deadline);

    /// Why writing failed (ErrorClass::Sink, with errno; EPIPE for a reader that has gone). The
    /// first failure is the last.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    /// Set when writing has failed.
    [[nodiscard]] Event& failed() noexcept { return failed_; }

private:
    static constexpr std::size_t kHandOverSize = std::size_t{64} << 10;

    class HandOverTimer final : public Timer {
    public:
        explicit HandOverTimer(Output& output) noexcept : output_(output) {}
        void expire() noexcept override { output_.hand_over(); }

    private:
        Output& output_;
    };

    [[nodiscard]] std::uint64_t waiting_bytes() const noexcept { return appended_ - written_; }
    [[nodiscard]] bool below_mark() const noexcept {
        return error_ || waiting_bytes() <= high_water_;
    }
    [[nodiscard]] bool settled(std::uint64_t position) const noexcept {
        return error_ || written_ >= position;
    }

    void end_turn();
    void hand_over();
    void take_report();
    void let_in();
    void finish_written();
    void ask_for_report();

    void write_chunks();
    [[nodiscard]] bool next_chunk(std::string& chunk);
    [[nodiscard]] bool take_chunk(std::string& chunk);
    [[nodiscard]] bool write_whole(std::string_view bytes);
    [[nodiscard]] int failure_of(short events) const noexcept;
    void report_failure(int error) noexcept;

    Loop& loop_;
    const int descriptor_;
    const std::size_t high_water_;
    const std::string name_;

    // The loop's.
    std::string pending_;
    std::uint64_t appended_ = 0;
    TimePoint handed_over_at_;
    detail::WaiterList for_room_;
    std::map<std::uint64_t, detail::WaiterList> for_position_;
    std::optional<Error> error_;
    Event failed_;

    // Between the two. The thread reports, by the bell, when written_ reaches report_at_ and when
    // it has failed.
    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> report_at_;
    std::atomic<int> failure_ = 0;
    std::mutex mutex_;
    std::deque<std::string> chunks_;
    std::vector<std::string> spares_;
    bool thread_waits_ = false;

    HandOverTimer timer_;
    Wakeup bell_;
    Loop::BeforeWait end_of_turn_;
    IoThread thread_;  // ends before what it uses
};

}  // namespace runnel
