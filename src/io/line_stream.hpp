#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "io/byte_stream.hpp"
#include "io/line_cutter.hpp"

namespace runnel {

/// Reads the lines of a ByteStream as they arrive. Do not call the stream's read() as well.
class LineStream {
public:
    /// A line of more than \a max_line bytes (0 means no limit) is skipped and returned as
    /// too_long. \a stream must outlive this.
    explicit LineStream(ByteStream& stream, std::uint64_t max_line = 0,
                        char delimiter = '\n') noexcept
        : stream_(stream), cutter_(max_line, delimiter) {}
    LineStream(const LineStream&) = delete;
    LineStream& operator=(const LineStream&) = delete;
    ~LineStream() = default;

    /// Waits for the next line and returns it; nullopt at the end of the stream, repeatedly. The
    /// last line needs no delimiter. After a failure the complete lines before it are returned
    /// first; an incomplete one is dropped. Cancelled when stop is requested: no line is lost. Only
    /// one task may call it at a time.
    [[nodiscard]] Task<Result<std::optional<Line>>> next();

    /// Whether the last line that next() returned had no delimiter because the stream ended.
    [[nodiscard]] bool last_was_cut_off() const noexcept { return cut_off_; }
    /// Whether bytes have arrived that next() has not returned: a line or a part of one.
    [[nodiscard]] bool holds_bytes() const noexcept {
        return cutter_.holds_bytes() || stream_.has_arrived();
    }

private:
    ByteStream& stream_;
    LineCutter cutter_;
    std::string block_;
    bool cut_off_ = false;
};

}  // namespace runnel
