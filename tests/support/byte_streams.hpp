#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/ensure.hpp"
#include "io/byte_stream.hpp"
#include "io/line_stream.hpp"

namespace runnel::test {

/// Reads everything up to the end.
inline Task<std::string> take_all(ByteStream& stream) {
    std::string all;
    for (;;) {
        Result<std::string> bytes = co_await stream.read();
        RUNNEL_ENSURE(bytes.ok(), "read");
        if (bytes->empty()) {
            co_return all;
        }
        all += *bytes;
    }
}

/// Returns the next line; "(end)" at the end.
inline Task<std::string> take_line(LineStream& lines) {
    Result<std::optional<Line>> line = co_await lines.next();
    RUNNEL_ENSURE(line.ok(), "next");
    if (!line.value()) {
        co_return "(end)";
    }
    co_return std::move(line.value()->text);
}

}  // namespace runnel::test
