#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "app/console/log.hpp"
#include "app/journal/journal_entry.hpp"
#include "app/journal/journal_file.hpp"
#include "app/run/shutdown.hpp"
#include "async/task.hpp"
#include "io/executor.hpp"
#include "io/output.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// Writes the outcome of each input to the file of `--journal`, for a later run with `--resume`. An
/// entry is written at once, by a separate thread, and synced to the disk 0.1 s later. Without a
/// file this does nothing.
///
/// For the loop's thread. A journal that cannot be written ends the run.
class Journal {
public:
    /// All arguments must outlive this.
    Journal(Loop& loop, JournalFile& file, Shutdown& shutdown, Log& log);

    [[nodiscard]] bool wanted() const noexcept { return writer_.has_value(); }
    /// Returns the key of the next input: its identity, and its number among equal inputs.
    [[nodiscard]] JournalKey key_of(const Input& input);
    [[nodiscard]] JournalKey key_of(std::string_view line);
    /// Whether the input was delivered by an earlier run (`--resume`).
    [[nodiscard]] bool delivered(const JournalKey& key) const { return file_.delivered(key); }

    /// Sets the function that returns the number of the last job. It is stored with each entry, so
    /// that a resumed run continues after that job.
    void count_jobs(std::function<std::uint64_t()> count) { jobs_ = std::move(count); }

    /// Adds the entry of an input that has ended; \a key is its key.
    void add(const Record& record, const JournalKey& key);
    /// Adds the entry of line \a number of `batch`, which has ended; \a key is its key.
    void add(std::string_view line, std::uint64_t number, const std::optional<Error>& failure,
             const JournalKey& key);
    /// Waits while the buffer is full. Cancelled when stop is requested.
    [[nodiscard]] Task<void> writable();

    /// Syncs entries, and ends the run if they cannot be written. Runs until stopped.
    Task<void> watch();
    /// Waits until all entries are synced.
    Task<void> close();

private:
    class Writer {
    public:
        /// Size of the buffer (bytes). Small, because inputs whose entries are still in it are
        /// repeated after a crash.
        static constexpr std::size_t kBuffer = std::size_t{32} << 10;

        Writer(Loop& loop, const JournalFile& file)
            : output(loop, file.descriptor(), kBuffer, "--journal: cannot write " + file.name()),
              threads(loop, 1) {}

        Output output;
        Executor threads;
        std::uint64_t synced = 0;  ///< Bytes on the disk.
    };

    [[nodiscard]] JournalKey next(const Identity& identity);
    [[nodiscard]] std::uint64_t jobs() const;
    void write(std::string& object, const JournalEntry& entry);
    Task<void> watch_failure();
    Task<void> sync_repeatedly();
    Task<void> sync();
    void fail(const std::string& message);

    JournalFile& file_;
    Shutdown& shutdown_;
    Log& log_;
    std::optional<Writer> writer_;
    std::unordered_map<Identity, std::uint64_t> occurrences_;
    Event unsynced_;
    std::function<std::uint64_t()> jobs_;
    bool failed_ = false;
    std::string text_;  // reused
};

}  // namespace runnel
