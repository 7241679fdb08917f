#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/console/log.hpp"
#include "app/journal/journal_entry.hpp"
#include "app/journal/journal_file.hpp"
#include "app/run/shutdown.hpp"
#include "async/task.hpp"
#include "io/executor.hpp"
#include "io/output.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// What a run writes down of each input that has ended, for a later run to know (`--journal`,
/// `--resume`). An entry is written at once, by a thread of its own, and is safe from a loss of
/// power a tenth of a second later. Without a file this does nothing.
///
/// For the loop's thread. A journal that cannot be written ends the run.
class Journal {
public:
    /// All arguments must outlive this.
    Journal(Loop& loop, JournalFile& file, Shutdown& shutdown, Log& log);

    [[nodiscard]] bool wanted() const noexcept { return writer_.has_value(); }
    /// The key of the next input: it counts its equals.
    [[nodiscard]] JournalKey key_of(const Input& input);
    [[nodiscard]] JournalKey key_of(std::string_view line);
    /// Whether it was delivered by a run that this one resumes.
    [[nodiscard]] bool holds(const JournalKey& key) const { return file_.delivered(key); }

    /// The input \a key has ended, and this is its record.
    void add(const Record& record, const JournalKey& key);
    /// The same for a line of `batch`, the \a number -th.
    void add(std::string_view line, std::uint64_t number, const std::optional<Error>& failure,
             const JournalKey& key);
    /// Waits while much is to be written. Cancelled when stop is requested.
    [[nodiscard]] Task<void> writable();

    /// As long as the run: sees to it that entries get safe, and ends the run when they cannot be
    /// written. Until stopped.
    Task<void> watch();
    /// Waits until everything is safe.
    Task<void> close();

private:
    class Writer {
    public:
        /// Some dozen entries: so many may come twice after a crash.
        static constexpr std::size_t kUnwritten = std::size_t{32} << 10;

        Writer(Loop& loop, const JournalFile& file)
            : output(loop, file.descriptor(), kUnwritten, "--journal: cannot write " + file.name()),
              threads(loop, 1) {}

        Output output;
        Executor threads;
        std::uint64_t safe = 0;  ///< So many of the bytes appended are on the disk.
    };

    [[nodiscard]] JournalKey next(const Identity& identity);
    void write(std::string& object, const JournalEntry& entry);
    Task<void> watch_failure();
    Task<void> sync_in_groups();
    Task<void> sync();
    void fail(const std::string& message);

    JournalFile& file_;
    Shutdown& shutdown_;
    Log& log_;
    std::optional<Writer> writer_;
    std::unordered_map<Identity, std::uint64_t> occurrences_;
    Event unsafe_;
    bool failed_ = false;
    std::string text_;  // reused
};

}  // namespace runnel
