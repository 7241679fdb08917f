#include "io/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace runnel {

namespace {

constexpr std::size_t kBlockSize = std::size_t{64} << 10;

}  // namespace

LineReader::LineReader(Loop& loop, int descriptor, std::uint64_t max_line, char delimiter)
    : descriptor_(descriptor),
      cutter_(max_line, delimiter),
      bell_(loop, [this] { arrived_.set(); }) {}

LineReader::LineReader(Loop& loop, UniqueFd descriptor, std::uint64_t max_line, char delimiter)
    : LineReader(loop, descriptor.get(), max_line, delimiter) {
    owned_ = std::move(descriptor);
}

Task<Result<std::optional<Line>>> LineReader::next() {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    if (!thread_.started()) {
        start();
    }
    for (;;) {
        std::optional<Line> line = cutter_.next();
        if (line) {
            co_return std::move(line);
        }
        switch (next_block()) {
            case Supply::Block: break;
            case Supply::End: co_return ending();
            case Supply::Later: co_await arrived_.wait(); break;
        }
    }
}

/// Gives the block that is used up back, and the next one to the cutter.
LineReader::Supply LineReader::next_block() {
    bool wake = false;
    Supply supply = Supply::Block;
    {
        const std::scoped_lock lock(mutex_);
        if (std::exchange(holds_block_, false)) {
            --published_;
            current_ = (current_ + 1) % kBlocks;
            wake = std::exchange(thread_waits_, false);
        }
        if (published_ == 0) {
            supply = ended_ ? Supply::End : Supply::Later;
            loop_waits_ = !ended_;
        }
    }
    if (wake) {
        thread_.wake();
    }
    if (supply == Supply::Block) {
        holds_block_ = true;
        cutter_.feed(std::string_view(blocks_[current_].bytes.get(), blocks_[current_].size));
    } else {
        arrived_.clear();
    }
    return supply;
}

/// The thread has left, so what it told last needs no lock.
Result<std::optional<Line>> LineReader::ending() {
    if (error_ != 0) {
        const std::string reason = std::system_category().message(error_);
        return Error(ErrorClass::BadInput, reason, error_);
    }
    return cutter_.finish();
}

void LineReader::start() {
    for (Block& block : blocks_) {
        block.bytes = std::make_unique_for_overwrite<char[]>(kBlockSize);
    }
    thread_.start([this] { read_blocks(); });
}

void LineReader::read_blocks() {
    while (!thread_.stop_requested()) {
        if (!has_room()) {
            static_cast<void>(thread_.wait(-1, 0));
            continue;
        }
        // A descriptor that cannot be read at all is left to read() to name the reason.
        if (descriptor_ >= 0 && thread_.wait(descriptor_, POLLIN) == 0) {
            continue;
        }
        const ssize_t size = ::read(descriptor_, blocks_[filling_].bytes.get(), kBlockSize);
        if (size > 0) {
            publish(static_cast<std::size_t>(size));
        } else if (size == 0) {
            publish_end(0);
            return;
        } else if (errno != EINTR && errno != EAGAIN) {
            publish_end(errno);
            return;
        }
    }
}

/// Whether a block is free; if not, the loop wakes the thread when one is.
bool LineReader::has_room() {
    const std::scoped_lock lock(mutex_);
    thread_waits_ = published_ == kBlocks;
    return !thread_waits_;
}

void LineReader::publish(std::size_t size) {
    blocks_[filling_].size = size;
    filling_ = (filling_ + 1) % kBlocks;
    bool ring = false;
    {
        const std::scoped_lock lock(mutex_);
        ++published_;
        ring = std::exchange(loop_waits_, false);
    }
    if (ring) {
        bell_.ring();
    }
}

void LineReader::publish_end(int error) {
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
        error_ = error;
    }
    bell_.ring();
}

}  // namespace runnel
