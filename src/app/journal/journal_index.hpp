#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "app/journal/journal_entry.hpp"

namespace runnel {

/// What a journal says, entry after entry. Of several about one input, that one counts by which it
/// was delivered; without such a one the last. Takes about 64 bytes for each input.
class JournalIndex {
public:
    /// The next entry of the journal.
    void add(const JournalEntry& entry);

    [[nodiscard]] bool delivered(const JournalKey& key) const;
    /// Whether the entry number \a ordinal (from 0, in the order of add()) is the one of its \a key
    /// that counts.
    [[nodiscard]] bool counts(const JournalKey& key, std::uint64_t ordinal) const;
    /// Entries, and inputs that they are about.
    [[nodiscard]] std::uint64_t entries() const noexcept { return entries_; }
    [[nodiscard]] std::uint64_t inputs() const noexcept { return last_.size(); }

private:
    struct Last {
        std::uint64_t ordinal = 0;
        bool delivered = false;
    };

    std::unordered_map<JournalKey, Last> last_;
    std::uint64_t entries_ = 0;
};

}  // namespace runnel
