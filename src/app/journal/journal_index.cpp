#include "app/journal/journal_index.hpp"

namespace runnel {

void JournalIndex::add(const JournalEntry& entry) {
    Last& last = last_[entry.key];
    if (!last.delivered) {
        last = Last{entries_, entry.delivered};
    }
    ++entries_;
}

bool JournalIndex::delivered(const JournalKey& key) const {
    const auto found = last_.find(key);
    return found != last_.end() && found->second.delivered;
}

bool JournalIndex::counts(const JournalKey& key, std::uint64_t ordinal) const {
    const auto found = last_.find(key);
    return found != last_.end() && found->second.ordinal == ordinal;
}

}  // namespace runnel
