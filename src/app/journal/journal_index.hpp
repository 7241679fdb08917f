#pragma once

#include <cstdint>
#include <unordered_map>

#include "app/journal/journal_entry.hpp"

namespace runnel {

/// The entries of a journal. If an input has several entries, the one that delivered it counts,
/// else the last one. Takes about 64 bytes per input.
class JournalIndex {
public:
    /// Adds the next entry of the journal.
    void add(const JournalEntry& entry);

    [[nodiscard]] bool delivered(const JournalKey& key) const;
    /// Whether entry \a ordinal (from 0, in the order of add()) is the one of \a key that counts,
    /// or the one with the last job.
    [[nodiscard]] bool counts(const JournalKey& key, std::uint64_t ordinal) const;
    /// Return the number of entries, and of the inputs that they belong to.
    [[nodiscard]] std::uint64_t entries() const noexcept { return entries_; }
    [[nodiscard]] std::uint64_t inputs() const noexcept { return last_.size(); }
    /// Returns the number of the last job in the entries; 0 if there is none.
    [[nodiscard]] std::uint64_t last_job() const noexcept { return last_job_; }

private:
    struct Last {
        std::uint64_t ordinal = 0;
        bool delivered = false;
    };

    std::unordered_map<JournalKey, Last> last_;
    std::uint64_t entries_ = 0;
    std::uint64_t last_job_ = 0;
    std::uint64_t last_job_ordinal_ = 0;  ///< Ordinal of the entry with the last job.
};

}  // namespace runnel
