#include "app/journal/journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <iterator>
#include <system_error>

#include "async/sleep.hpp"
#include "json/escape.hpp"

namespace runnel {

namespace {

/// What is written within this span is made safe together.
constexpr Duration kGroup = std::chrono::milliseconds(100);

/// 0, or the errno.
int sync_file(int descriptor) { return ::fdatasync(descriptor) == 0 ? 0 : errno; }

void append_string_or_null(std::string& out, std::string_view text) {
    if (text.empty()) {
        out += "null";
    } else {
        append_json_string(out, text);
    }
}

void append_line_object(std::string& out, std::string_view line, std::uint64_t number,
                        const std::optional<Error>& failure) {
    Record record;  // for its state
    record.failure = failure;
    fmt::format_to(std::back_inserter(out), R"({{"type":"line","line":{},"input":)", number);
    append_json_string(out, line);
    fmt::format_to(std::back_inserter(out), R"(,"state":"{}","error":)", to_string(record.state()));
    append_string_or_null(out, failure ? to_string(failure->error_class()) : std::string_view());
    out += R"(,"errormsg":)";
    append_string_or_null(out, failure ? std::string_view(failure->message()) : "");
    out += "}\n";
}

}  // namespace

Journal::Journal(Loop& loop, JournalFile& file, Shutdown& shutdown, Log& log)
    : file_(file), shutdown_(shutdown), log_(log) {
    if (file.wanted()) {
        writer_.emplace(loop, file);
    }
}

JournalKey Journal::key_of(const Input& input) {
    return wanted() ? next(Identity::of(input)) : JournalKey();
}

JournalKey Journal::key_of(std::string_view line) {
    return wanted() ? next(Identity::of_line(line)) : JournalKey();
}

JournalKey Journal::next(const Identity& identity) {
    return JournalKey{identity, ++occurrences_[identity]};
}

void Journal::add(const Record& record, const JournalKey& key) {
    if (!wanted()) {
        return;
    }
    text_.clear();
    append_json(record, text_);
    write(text_, JournalEntry{key, record.state() == Record::State::Delivered});
}

void Journal::add(std::string_view line, std::uint64_t number, const std::optional<Error>& failure,
                  const JournalKey& key) {
    if (!wanted()) {
        return;
    }
    text_.clear();
    append_line_object(text_, line, number, failure);
    write(text_, JournalEntry{key, !failure});
}

void Journal::write(std::string& object, const JournalEntry& entry) {
    entry.seal(object);
    writer_->output.append_from(object);
    unsafe_.set();
}

Task<void> Journal::writable() {
    if (wanted()) {
        co_await writer_->output.writable();
    }
}

Task<void> Journal::watch() {
    if (!wanted()) {
        co_return;
    }
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    watchers.start(watch_failure());
    watchers.start(sync_in_groups());
    co_await watchers.join();
}

Task<void> Journal::watch_failure() {
    co_await writer_->output.failed().wait();
    fail(writer_->output.error()->message());
}

Task<void> Journal::sync_in_groups() {
    for (;;) {
        co_await unsafe_.wait();
        co_await sleep_for(kGroup);
        unsafe_.clear();
        co_await sync();
    }
}

Task<void> Journal::sync() {
    const std::uint64_t position = writer_->output.appended();
    const bool written = co_await writer_->output.written_up_to(position);
    if (!written) {
        co_return;  // watch_failure() or close() tells
    }
    const int error = co_await writer_->threads.run(sync_file, file_.descriptor());
    if (error != 0) {
        fail(fmt::format("--journal: {} is not safe on the disk: {}", file_.name(),
                         std::generic_category().message(error)));
    }
    writer_->safe = position;
}

Task<void> Journal::close() {
    if (!wanted()) {
        co_return;
    }
    if (writer_->safe < writer_->output.appended()) {
        co_await sync();
    }
    if (writer_->output.error()) {
        fail(writer_->output.error()->message());
    }
}

void Journal::fail(const std::string& message) {
    if (!std::exchange(failed_, true)) {
        log_.error(message);
        shutdown_.end(ExitStatus::OutputFailed);
    }
}

}  // namespace runnel
