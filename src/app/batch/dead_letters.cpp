#include "app/batch/dead_letters.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "io/named_file.hpp"

namespace runnel {

namespace {

/// The beginning of every line of the file.
constexpr const char* kLineBegin = "{\"line";

}  // namespace

Result<void> DeadLetters::open(const std::string& name, Log& log) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    log_ = &log;
    const std::string path = name == "-" ? "/dev/stdout" : name;
    to_stdout_ = descriptor_named(path) == STDOUT_FILENO;
    Result<AppendFile> opened = AppendFile::open(path, kLineBegin);
    if (!opened) {
        return cannot_write(opened.error());
    }
    file_.emplace(std::move(*opened));
    return append("");
}

Result<void> DeadLetters::add(const Batch& batch, std::string_view reason) {
    std::string objects;
    if (wanted()) {
        batch.for_each([&](std::string_view line) {
            append_json(DeadLetter{line, reason, batch.attempts}, objects);
        });
    }
    return append(objects);
}

Result<void> DeadLetters::add(const DeadLetter& letter) {
    std::string object;
    if (wanted()) {
        append_json(letter, object);
    }
    return append(object);
}

Result<void> DeadLetters::append(std::string_view objects) {
    using Repair = AppendFile::Tail::Repair;
    if (output_ != nullptr) {
        output_->append(objects);
        return {};
    }
    if (!file_) {
        return {};
    }
    const Result<AppendFile::Tail> tail = file_->append(objects);
    if (!tail) {
        return cannot_write(tail.error());
    }
    if (tail->repair == Repair::Removed) {
        log_->warn(
            fmt::format("--dead-letter: removed {} bytes of an incomplete line from the end "
                        "of {}",
                        tail->size, name_));
    } else if (tail->repair == Repair::Ended) {
        log_->warn(
            fmt::format("--dead-letter: the last line of {}, {} bytes, was incomplete and "
                        "got a newline; check it before you use the file",
                        name_, tail->size));
    }
    return {};
}

Error DeadLetters::cannot_write(const Error& why) const {
    return Error(ErrorClass::Sink,
                 fmt::format("--dead-letter: cannot write {}: {}", name_, why.message()),
                 why.code());
}

}  // namespace runnel
