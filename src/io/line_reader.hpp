#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/io_thread.hpp"
#include "io/line_cutter.hpp"
#include "io/loop.hpp"
#include "io/wakeup.hpp"

namespace runnel {

/// Reads the lines of a descriptor as they arrive: of a pipe, a file from its current position, a
/// terminal, a socket, /dev/null. Does not change the descriptor's flags.
///
/// A thread does the reading, because nothing else works on every kind of descriptor without
/// changing it; the first next() starts it. It reads at most two blocks of 64 KiB ahead, so a slow
/// consumer slows the producer down. The destructor ends the thread without waiting for input.
class LineReader {
public:
    /// Borrows \a descriptor, which must stay open while this lives. A line of more than
    /// \a max_line bytes (0 means no limit) is skipped and returned as too_long. \a loop must
    /// outlive this.
    LineReader(Loop& loop, int descriptor, std::uint64_t max_line, char delimiter = '\n');
    /// The same, but takes ownership of the descriptor.
    LineReader(Loop& loop, UniqueFd descriptor, std::uint64_t max_line, char delimiter = '\n');
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader() = default;

    /// Waits for the next line and returns it; nullopt at the end of the input, repeatedly. The
    /// last line needs no delimiter.
    ///
    /// After a failure the complete lines before it are returned first, and an incomplete one is
    /// dropped; then every call fails (ErrorClass::BadInput, with errno; the message is the reason
    /// alone). Cancelled when stop is requested: no line is lost, the next call returns it.
    [[nodiscard]] Task<Result<std::optional<Line>>> next();
    /// Reads nothing more: next() returns the remaining lines of the bytes that were read,
    /// including an unfinished one, and then the end. Returns whether the input had been read to
    /// its end.
    bool stop_reading();

private:
    static constexpr std::size_t kBlocks = 2;
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };

    enum class Supply { Block, Later, End };

    [[nodiscard]] Supply next_block();
    [[nodiscard]] Result<std::optional<Line>> last_line();

    void start();
    void read_blocks();
    [[nodiscard]] bool has_free_block();
    void publish(std::size_t size);
    void publish_end(int error);

    UniqueFd owned_;
    int descriptor_;

    // Used by the loop's thread only.
    LineCutter cutter_;
    Event arrived_;
    std::size_t current_ = 0;
    bool holds_block_ = false;
    bool may_start_ = true;

    // Shared. A block belongs to the thread until it is published, and then to the loop until
    // next_block() returns it.
    std::mutex mutex_;
    std::size_t published_ = 0;
    bool ended_ = false;
    int error_ = 0;
    bool loop_waits_ = false;
    bool thread_waits_ = false;

    // Used by the thread only.
    std::size_t filling_ = 0;

    std::array<Block, kBlocks> blocks_;
    Wakeup wakeup_;
    IoThread thread_;  // Last, because it must end before what it uses is destroyed.
};

}  // namespace runnel
