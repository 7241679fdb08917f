#include "app/batch/dead_letters.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/base64.hpp"
#include "json/escape.hpp"

namespace runnel {

namespace {

void append_object(std::string& out, std::string_view line, std::string_view reason,
                   std::size_t attempts) {
    if (is_valid_utf8(line)) {
        out += "{\"line\":";
        append_json_string(out, line);
    } else {
        fmt::format_to(std::back_inserter(out), "{{\"line_b64\":\"{}\"", to_base64(line));
    }
    out += ",\"reason\":";
    append_json_string(out, reason);
    fmt::format_to(std::back_inserter(out), ",\"attempts\":{}}}\n", attempts);
}

}  // namespace

Result<void> DeadLetters::add(const Batch& batch, std::string_view reason) {
    std::string objects;
    if (wanted()) {
        batch.for_each(
            [&](std::string_view line) { append_object(objects, line, reason, batch.attempts); });
    }
    return file_.write(objects);
}

Result<void> DeadLetters::add(std::string_view line, std::string_view reason,
                              std::size_t attempts) {
    std::string object;
    if (wanted()) {
        append_object(object, line, reason, attempts);
    }
    return file_.write(object);
}

}  // namespace runnel
