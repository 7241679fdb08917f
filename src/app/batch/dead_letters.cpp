#include "app/batch/dead_letters.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

void append_dead_letter(std::string& out, std::string_view line, std::string_view reason,
                        std::size_t attempts) {
    JsonObjectWriter object(out);
    if (is_valid_utf8(line)) {
        object.member("line", line);
    } else {
        object.member("line_b64", to_base64(line));
    }
    object.member("reason", reason);
    object.member("attempts", attempts);
    object.end_line();
}

}  // namespace

Result<void> DeadLetters::add(const Batch& batch, std::string_view reason) {
    std::string objects;
    if (wanted()) {
        batch.for_each([&](std::string_view line) {
            append_dead_letter(objects, line, reason, batch.attempts);
        });
    }
    return file_.write(objects);
}

Result<void> DeadLetters::add(std::string_view line, std::string_view reason,
                              std::size_t attempts) {
    std::string object;
    if (wanted()) {
        append_dead_letter(object, line, reason, attempts);
    }
    return file_.write(object);
}

}  // namespace runnel
