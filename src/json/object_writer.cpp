#include "json/object_writer.hpp"

#include <cmath>

#include <fmt/format.h>

#include "json/escape.hpp"

namespace runnel {

void JsonObjectWriter::write_string(std::string_view text) {
    if (plain_prefix(text) == text.size()) {
        put('"');
        put_text(text);
        put('"');
    } else {
        flush();
        append_json_string(out_, text);
    }
}

void JsonObjectWriter::write_raw(std::string_view json) {
    if (json.empty()) {
        put_literal("null");
    } else if (json.find_first_of("\r\n") == std::string_view::npos) {
        put_text(json);
    } else {  // a line end can only be white space between tokens
        flush();
        for (const char byte : json) {
            out_ += byte == '\n' || byte == '\r' ? ' ' : byte;
        }
    }
}

void JsonObjectWriter::write_double(double value) {
    if (std::isfinite(value)) {
        put_text(fmt::format("{}", value));
    } else {
        put_literal("null");
    }
}

void JsonObjectWriter::write_fixed(double value, int decimals) {
    if (std::isfinite(value)) {
        put_text(fmt::format("{:.{}f}", value, decimals));
    } else {
        put_literal("null");
    }
}

void JsonObjectWriter::write_micros(std::int64_t micros) {
    constexpr std::uint64_t kMicros = 1'000'000;
    const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0));
    write(count / kMicros);
    put_literal(".000000");
    char* digit = buffer_.data() + used_;
    for (std::uint64_t rest = count % kMicros; rest != 0; rest /= 10) {
        *--digit = static_cast<char>('0' + rest % 10);
    }
}

}  // namespace runnel
