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
#include "base/printable.hpp"
#include "io/io_thread.hpp"
#include "io/loop.hpp"
#include "io/wakeup.hpp"

namespace runnel {

/// Writes to a descriptor that it does not own, without changing the descriptor's flags: a thread
/// makes blocking writes. Detects within milliseconds, even with nothing to write, that the reader
/// of a pipe or socket is gone.
///
/// Bytes are written in the order in which they were appended. 64 KiB are passed to the thread at
/// once; less at the end of the turn, but not within a millisecond after the last time, because
/// waking the thread costs more than writing a line.
///
/// Everything here is for the loop's thread. SIGPIPE is blocked in the writing thread.
class Output {
    class WritableAwaiter final : detail::Waiter {
    public:
        explicit WritableAwaiter(Output& output) noexcept : output_(output) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!enter(self, line) || output_.is_writable()) {
                return false;
            }
            wait_in(&output_.writable_waiters_);
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
            if (!enter(self, line) || output_.resolved(position_)) {
                return false;
            }
            wait_in(&output_.position_waiters_[position_], deadline_);
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
    /// Threshold of unwritten bytes above which the output is not writable.
    static constexpr std::size_t kHighWater = std::size_t{256} << 10;

    /// Borrows \a descriptor, which must stay open while this lives. Error messages begin with
    /// \a name. \a loop must outlive this.
    Output(Loop& loop, int descriptor, std::size_t high_water_mark = kHighWater,
           std::string name = "stdout");
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    /// Ends the thread at once, even if it is stuck in a write. Bytes that were not written are
    /// lost: call flush() first. No task may wait in this.
    ~Output();

    /// The kind of the output. On a terminal, control characters in Text and Json are replaced by
    /// escapes (see TerminalFilter), because they come from servers. Bytes are written as they are,
    /// and so is everything on other descriptors.
    enum class Content { Bytes, Text, Json };
    /// Sets the kind of the bytes that are appended from now on; it is Bytes at first.
    void set_content(Content content);
    /// Whether the descriptor is a terminal.
    [[nodiscard]] bool at_terminal() const noexcept;

    /// Appends \a bytes. Never waits: to bound the memory used, await writable() before. After a
    /// failure the bytes are dropped.
    void append(std::string_view bytes) {
        if (filter_) {
            append_filtered(bytes);
        } else {
            append_unchanged(bytes);
        }
    }

    /// Appends \a buffer and empties it. A small buffer keeps its memory for reuse; a large one is
    /// moved instead of copied.
    void append_from(std::string& buffer);

    /// Whether writable() would return at once.
    [[nodiscard]] bool is_writable() const noexcept {
        return below_mark() && writable_waiters_.empty();
    }
    /// Waits while the number of unwritten bytes is above the high-water mark. Tasks are resumed in
    /// the order in which they came. Returns at once after a failure. Cancelled when stop is
    /// requested.
    [[nodiscard]] WritableAwaiter writable() noexcept { return WritableAwaiter(*this); }

    /// Number of bytes ever appended, including escapes and bytes that were dropped after a
    /// failure.
    [[nodiscard]] std::uint64_t appended() const noexcept { return appended_; }
    /// Number of bytes that the system has taken.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

    /// Waits until written() has reached \a position or writing has failed. Returns whether it has
    /// reached it. Cancelled when stop is requested.
    [[nodiscard]] WrittenAwaiter written_up_to(std::uint64_t position) noexcept {
        return WrittenAwaiter(*this, position, Deadline::never());
    }

    /// Waits until everything appended so far was written, writing has failed, or \a deadline.
    /// Returns whether everything was written. Cancelled when stop is requested.
    [[nodiscard]] Task<bool> flush(Deadline deadline);
    /// Ends the thread as the destructor does, so that written() no longer changes. Bytes that were
    /// not written are lost; nothing may be appended or waited for afterwards.
    void give_up() noexcept { thread_.stop(); }

    /// Why writing failed (ErrorClass::Sink, with errno; EPIPE if the reader is gone). Nothing is
    /// written after a failure.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    /// Set once writing has failed.
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

    [[nodiscard]] bool below_mark() const noexcept {
        return error_ || appended_ - written_ <= high_water_mark_;
    }
    [[nodiscard]] bool resolved(std::uint64_t position) const noexcept {
        return error_ || written_ >= position;
    }

    void append_unchanged(std::string_view bytes) {
        appended_ += bytes.size();
        if (error_) {
            return;
        }
        pending_ += bytes;
        if (pending_.size() > kHandOverSize) {
            hand_over();
        }
    }
    void append_filtered(std::string_view bytes);
    void append_held();

    void end_turn();
    void hand_over();
    void take_report();
    void resume_writers();
    void resume_position_waiters();
    void request_report();

    void write_chunks();
    [[nodiscard]] bool next_chunk(std::string& chunk);
    [[nodiscard]] bool take_chunk(std::string& chunk);
    [[nodiscard]] bool write_whole(std::string_view bytes);
    [[nodiscard]] int failure_of(short events) const noexcept;
    void report_failure(int error) noexcept;

    Loop& loop_;
    const int descriptor_;
    const std::size_t high_water_mark_;
    const std::string name_;

    // Used by the loop's thread only.
    std::optional<TerminalFilter> filter_;
    std::string pending_;
    std::uint64_t appended_ = 0;
    TimePoint handed_over_at_;
    detail::WaiterList writable_waiters_;
    std::map<std::uint64_t, detail::WaiterList> position_waiters_;
    std::optional<Error> error_;
    Event failed_;

    // Shared. The thread sends a wake-up when written_ reaches report_at_, and when writing fails.
    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> report_at_;
    std::atomic<int> failure_ = 0;
    std::mutex mutex_;
    std::deque<std::string> chunks_;
    std::vector<std::string> spares_;
    bool thread_waits_ = false;

    HandOverTimer timer_;
    Wakeup wakeup_;
    Loop::BeforeWait end_of_turn_;
    IoThread thread_;  // Last, because it must end before what it uses is destroyed.
};

}  // namespace runnel
