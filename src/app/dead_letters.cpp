#include "app/dead_letters.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <iterator>
#include <system_error>

#include "base/write_all.hpp"
#include "json/base64.hpp"
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

Result<void> DeadLetters::open(const std::string& name) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    file_ = UniqueFd(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (!file_) {
        return cannot_write(errno);
    }
    return {};
}

Result<void> DeadLetters::add(const Batch& batch, std::string_view reason) {
    std::string objects;
    if (wanted()) {
        batch.for_each(
            [&](std::string_view line) { append_object(objects, line, reason, batch.attempts); });
    }
    return write(objects);
}

Result<void> DeadLetters::add(std::string_view line, std::string_view reason,
                              std::size_t attempts) {
    std::string object;
    if (wanted()) {
        append_object(object, line, reason, attempts);
    }
    return write(object);
}

Result<void> DeadLetters::write(std::string_view objects) {
    const int error = write_all(file_.get(), objects);
    if (error != 0) {
        return cannot_write(error);
    }
    return {};
}

Error DeadLetters::cannot_write(int code) const {
    return Error(ErrorClass::Sink,
                 fmt::format("--dead-letter: cannot write {}: {}", name_,
                             std::generic_category().message(code)),
                 code);
}

}  // namespace runnel
