#include "io/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/system_error.hpp"

namespace runnel {

namespace {

constexpr std::size_t kBlockSize = std::size_t{64} << 10;

}  // namespace

LineReader::LineReader(Loop& loop, int descriptor, std::uint64_t max_line, char delimiter)
    : descriptor_(descriptor),
      cutter_(max_line, delimiter),
      wakeup_(loop, [this] { arrived_.set(); }) {}

LineReader::LineReader(Loop& loop, UniqueFd descriptor, std::uint64_t max_line, char delimiter)
    : LineReader(loop, descriptor.get(), max_line, delimiter) {
    owned_ = std::move(descriptor);
}

Task<Result<std::optional<Line>>> LineReader::next() {
    co_await this_task::throw_if_stopped();
    if (std::exchange(may_start_, false)) {
        start();
    }
    for (;;) {
        if (std::optional<Line> line = cutter_.next()) {
            co_return std::move(line);
        }
        switch (next_block()) {
            case Supply::Block: break;
            case Supply::End: co_return last_line();
            case Supply::Later: co_await arrived_.wait(); break;
        }
    }
}

bool LineReader::stop_reading() {
    may_start_ = false;
    thread_.stop();
    const std::scoped_lock lock(mutex_);
    return std::exchange(ended_, true);
}

/// Returns the used-up block to the thread, and feeds the next one to the cutter.
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

/// Needs no lock, because the thread has written error_ and ended.
Result<std::optional<Line>> LineReader::last_line() {
    if (error_ != 0) {
        return system_error(ErrorClass::BadInput, "", error_);
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
        if (!has_free_block()) {
            static_cast<void>(thread_.wait(-1, 0));
            continue;
        }
        // Invalid descriptors go to read(), which returns the reason.
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

/// Whether a block is free. If not, the loop wakes the thread once one is.
bool LineReader::has_free_block() {
    const std::scoped_lock lock(mutex_);
    thread_waits_ = published_ == kBlocks;
    return !thread_waits_;
}

void LineReader::publish(std::size_t size) {
    blocks_[filling_].size = size;
    filling_ = (filling_ + 1) % kBlocks;
    bool wake = false;
    {
        const std::scoped_lock lock(mutex_);
        ++published_;
        wake = std::exchange(loop_waits_, false);
    }
    if (wake) {
        wakeup_.send();
    }
}

void LineReader::publish_end(int error) {
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
        error_ = error;
    }
    wakeup_.send();
}

}  // namespace runnel
