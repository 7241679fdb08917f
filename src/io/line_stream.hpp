#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "io/byte_stream.hpp"
#include "io/line_cutter.hpp"

namespace runnel {

/// The lines of a ByteStream, as they arrive. Whoever reads by this leaves read() alone.
class LineStream {
public:
    /// A line of more than \a max_line bytes (0: no limit) is skipped and told as too_long.
    /// \a stream must outlive this.
    explicit LineStream(ByteStream& stream, std::uint64_t max_line = 0,
                        char delimiter = '\n') noexcept
        : stream_(stream), cutter_(max_line, delimiter) {}
    LineStream(const LineStream&) = delete;
    LineStream& operator=(const LineStream&) = delete;
    ~LineStream() = default;

    /// The next line, in order; nullopt at the end, from then on. The last line needs no delimiter.
    /// A failure comes after the lines before it; the beginning of a line that it cut off is
    /// dropped. Cancelled when stop is requested: no line is lost. One task at a time.
    [[nodiscard]] Task<Result<std::optional<Line>>> next();

    /// Whether the line that next() gave last had no delimiter: the stream ended in it.
    [[nodiscard]] bool last_was_cut_off() const noexcept { return cut_off_; }
    /// Whether something has arrived that next() has not given: a line or a part of one.
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
