#include "app/journal/journal_index.hpp"

namespace runnel {

void JournalIndex::add(const JournalEntry& entry) {
    Last& last = last_[entry.key];
    if (!last.delivered) {
        last = Last{entries_, entry.delivered};
    }
    if (entry.job > last_job_) {
        last_job_ = entry.job;
        last_job_ordinal_ = entries_;
    }
    ++entries_;
}

bool JournalIndex::delivered(const JournalKey& key) const {
    const auto found = last_.find(key);
    return found != last_.end() && found->second.delivered;
}

bool JournalIndex::counts(const JournalKey& key, std::uint64_t ordinal) const {
    const auto found = last_.find(key);
    const bool has_last_job = last_job_ > 0 && ordinal == last_job_ordinal_;
    return has_last_job || (found != last_.end() && found->second.ordinal == ordinal);
}

}  // namespace runnel
