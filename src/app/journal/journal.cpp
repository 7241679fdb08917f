#include "app/journal/journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "async/sleep.hpp"
#include "base/system_error.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

/// Interval of syncs.
constexpr Duration kSyncInterval = std::chrono::milliseconds(100);

/// Returns 0 or an errno.
int sync_file(int descriptor) { return ::fdatasync(descriptor) == 0 ? 0 : errno; }

void append_line_object(std::string& out, std::string_view line, std::uint64_t number,
                        const std::optional<Error>& failure) {
    Record record;  // for its state
    record.failure = failure;
    JsonObjectWriter object(out);
    object.member("type", "line");
    object.member("line", number);
    object.member("input", line);
    object.member("state", to_string(record.state()));
    object.text_or_null("error", failure ? to_string(failure->error_class()) : "");
    object.text_or_null("errormsg", failure ? std::string_view(failure->message()) : "");
    object.end_line();
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
    write(text_, JournalEntry{key, record.state() == Record::State::Delivered, jobs()});
}

void Journal::add(std::string_view line, std::uint64_t number, const std::optional<Error>& failure,
                  const JournalKey& key) {
    if (!wanted()) {
        return;
    }
    text_.clear();
    append_line_object(text_, line, number, failure);
    write(text_, JournalEntry{key, !failure, jobs()});
}

std::uint64_t Journal::jobs() const { return jobs_ ? jobs_() : 0; }

void Journal::write(std::string& object, const JournalEntry& entry) {
    entry.seal(object);
    writer_->output.append_from(object);
    unsynced_.set();
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
    watchers.start(sync_repeatedly());
    co_await watchers.join();
}

Task<void> Journal::watch_failure() {
    co_await writer_->output.failed().wait();
    fail(writer_->output.error()->message());
}

Task<void> Journal::sync_repeatedly() {
    for (;;) {
        co_await unsynced_.wait();
        co_await sleep_for(kSyncInterval);
        unsynced_.clear();
        co_await sync();
    }
}

Task<void> Journal::sync() {
    const std::uint64_t position = writer_->output.appended();
    const bool written = co_await writer_->output.written_up_to(position);
    if (!written) {
        co_return;  // watch_failure() or close() logs it
    }
    const int error = co_await writer_->threads.run(sync_file, file_.descriptor());
    if (error != 0) {
        fail(fmt::format("--journal: cannot sync {} to the disk: {}", file_.name(),
                         system_message(error)));
    }
    writer_->synced = position;
}

Task<void> Journal::close() {
    if (!wanted()) {
        co_return;
    }
    if (writer_->synced < writer_->output.appended()) {
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
