#include "app/journal/journal_index.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace runnel {
namespace {

JournalKey key_of(std::string_view line, std::uint64_t occurrence = 1) {
    return JournalKey{Identity::of_line(line), occurrence};
}

JournalEntry entry_of(const JournalKey& key, bool delivered) {
    JournalEntry entry;
    entry.key = key;
    entry.delivered = delivered;
    return entry;
}

TEST(JournalIndex, ListsDeliveredInputs) {
    JournalIndex index;
    index.add(entry_of(key_of("a"), true));
    index.add(entry_of(key_of("b"), false));
    EXPECT_TRUE(index.delivered(key_of("a")));
    EXPECT_FALSE(index.delivered(key_of("b")));
    EXPECT_FALSE(index.delivered(key_of("c")));
}

TEST(JournalIndex, DistinguishesEqualInputs) {
    JournalIndex index;
    index.add(entry_of(key_of("a", 2), true));
    EXPECT_FALSE(index.delivered(key_of("a", 1)));
    EXPECT_TRUE(index.delivered(key_of("a", 2)));
}

TEST(JournalIndex, PrefersTheEntryThatDelivered) {
    JournalIndex index;
    const JournalKey key = key_of("a");
    index.add(entry_of(key, false));
    index.add(entry_of(key, true));
    index.add(entry_of(key, false));
    EXPECT_TRUE(index.delivered(key));
    EXPECT_FALSE(index.counts(key, 0));
    EXPECT_TRUE(index.counts(key, 1));
    EXPECT_FALSE(index.counts(key, 2));
    EXPECT_EQ(index.entries(), 3U);
    EXPECT_EQ(index.inputs(), 1U);
}

TEST(JournalIndex, ElsePrefersTheLastEntry) {
    JournalIndex index;
    const JournalKey key = key_of("a");
    index.add(entry_of(key, false));
    index.add(entry_of(key_of("b"), true));
    index.add(entry_of(key, false));
    EXPECT_FALSE(index.counts(key, 0));
    EXPECT_TRUE(index.counts(key_of("b"), 1));
    EXPECT_TRUE(index.counts(key, 2));
}

}  // namespace
}  // namespace runnel
