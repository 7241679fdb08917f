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

/// The lines of one descriptor, as they arrive: a pipe, a file from where it stands, a terminal, a
/// socket, /dev/null. The descriptor keeps the flags it has.
///
/// A thread reads, because nothing else works on every kind of descriptor without changing it; it
/// is started by the first next(). It is at most two blocks of 64 KiB ahead, so a slow consumer
/// slows the producer down. The destructor ends the thread without waiting for the descriptor.
class LineReader {
public:
    /// Borrows \a descriptor, which must stay open while this lives. A line of more than
    /// \a max_line bytes (0: no limit) is skipped and told as too_long. \a loop must outlive this.
    LineReader(Loop& loop, int descriptor, std::uint64_t max_line, char delimiter = '\n');
    /// The same, and closes the descriptor at the end.
    LineReader(Loop& loop, UniqueFd descriptor, std::uint64_t max_line, char delimiter = '\n');
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader() = default;

    /// The next line, in order; nullopt at the end of the input, from then on. Waits until one has
    /// arrived. The last line needs no delimiter.
    ///
    /// A failure to read (ErrorClass::BadInput, with errno) comes after the lines before it, from
    /// then on; the beginning of a line that it cut off is dropped. Cancelled when stop is
    /// requested: no line is lost, the next call gives it.
    [[nodiscard]] Task<Result<std::optional<Line>>> next();

private:
    static constexpr std::size_t kBlocks = 2;
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };

    enum class Supply { Block, Later, End };

    [[nodiscard]] Supply next_block();
    [[nodiscard]] Result<std::optional<Line>> ending();

    void start();
    void read_blocks();
    [[nodiscard]] bool has_room();
    void publish(std::size_t size);
    void publish_end(int error);

    UniqueFd owned_;
    int descriptor_;

    // The loop's.
    LineCutter cutter_;
    Event arrived_;
    std::size_t current_ = 0;
    bool holds_block_ = false;

    // Between the two. A block belongs to the thread until it is published, then to the loop until
    // it is given back.
    std::mutex mutex_;
    std::size_t published_ = 0;
    bool ended_ = false;
    int error_ = 0;
    bool loop_waits_ = false;
    bool thread_waits_ = false;

    // The thread's.
    std::size_t filling_ = 0;

    std::array<Block, kBlocks> blocks_;
    Wakeup bell_;
    IoThread thread_;  // ends before what it uses
};

}  // namespace runnel
