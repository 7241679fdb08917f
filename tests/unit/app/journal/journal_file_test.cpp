#include "app/journal/journal_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/read_file.hpp"
#include "support/named_file.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

std::string entry(const std::string& line, bool delivered, std::uint64_t occurrence = 1) {
    std::string object = "{\"type\":\"line\",\"input\":\"" + line + "\"}\n";
    JournalEntry entry;
    entry.key = JournalKey{Identity::of_line(line), occurrence};
    entry.delivered = delivered;
    entry.seal(object);
    return object;
}

class JournalFileTest : public testing::Test {
protected:
    Result<void> open(bool resume = true) { return journal.open(file.path(), resume, log); }
    /// Writes \a text to the file and opens it.
    Result<void> open(const std::string& text, bool resume = true) {
        std::ofstream(file.path(), std::ios::binary) << text;
        return open(resume);
    }
    std::string content() const {
        std::ifstream stream(file.path(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    }
    bool delivered(const std::string& line, std::uint64_t occurrence = 1) const {
        return journal.delivered(JournalKey{Identity::of_line(line), occurrence});
    }

    test::NamedFile file{""};
    Log log{Log::Level::Quiet};
    JournalFile journal;
};

TEST_F(JournalFileTest, DoesNothingWithoutAName) {
    EXPECT_TRUE(journal.open("", true, log));
    EXPECT_FALSE(journal.wanted());
}

TEST_F(JournalFileTest, CreatesTheFile) {
    ::unlink(file.path().c_str());
    EXPECT_TRUE(open());
    EXPECT_TRUE(journal.wanted());
    EXPECT_EQ(content(), "");
}

TEST_F(JournalFileTest, ListsDeliveredInputs) {
    ASSERT_TRUE(open(entry("a", true) + entry("b", false) + entry("c", true, 2)));
    EXPECT_TRUE(delivered("a"));
    EXPECT_FALSE(delivered("b"));
    EXPECT_FALSE(delivered("c", 1));
    EXPECT_TRUE(delivered("c", 2));
}

TEST_F(JournalFileTest, ListsNothingUnlessResumed) {
    ASSERT_TRUE(open(entry("a", true), false));
    EXPECT_FALSE(delivered("a"));
    EXPECT_EQ(content(), entry("a", true));
}

TEST_F(JournalFileTest, RemovesAnIncompleteEntry) {
    const std::string whole = entry("a", true);
    const std::string torn = entry("b", true);
    for (std::size_t size = 1; size < torn.size(); ++size) {
        JournalFile one;
        std::ofstream(file.path(), std::ios::binary) << whole << torn.substr(0, size);
        ASSERT_TRUE(one.open(file.path(), true, log)) << size;
        EXPECT_EQ(content(), whole) << size;
    }
}

TEST_F(JournalFileTest, RemovesALastEntryWithAMissingBlock) {
    const std::string whole = entry("a", true);
    std::string holey = entry("b", true);
    holey.replace(10, 20, 20, '\0');
    ASSERT_TRUE(open(whole + holey));
    EXPECT_EQ(content(), whole);
}

TEST_F(JournalFileTest, RemovesZerosLeftByAPowerFailure) {
    const std::string whole = entry("a", true);
    ASSERT_TRUE(open(whole + std::string(5000, '\0')));
    EXPECT_EQ(content(), whole);
}

TEST_F(JournalFileTest, RefusesADamagedEntryInTheMiddle) {
    std::string bad = entry("b", true);
    bad[12] ^= 1;
    const std::string text = entry("a", true) + bad + entry("c", true);
    const Result<void> opened = open(text);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().error_class(), ErrorClass::BadInput);
    EXPECT_NE(opened.error().message().find(file.path() + ":2:"), std::string::npos)
        << opened.error().message();
    EXPECT_EQ(content(), text);
}

TEST_F(JournalFileTest, RefusesAFileThatIsNotAJournal) {
    for (const std::string text :
         {"http://a/\nhttp://b/\n", "http://a/", "{\"type\":\"result\",\"input\":\"a\"}\n",
          "{\"type\":\"result\",\"input\":\"a\"}", "\n", "x"}) {
        JournalFile one;
        std::ofstream(file.path(), std::ios::binary) << text;
        const Result<void> opened = one.open(file.path(), true, log);
        ASSERT_FALSE(opened) << text;
        EXPECT_EQ(opened.error().error_class(), ErrorClass::BadInput) << text;
        EXPECT_EQ(content(), text);
    }
}

TEST_F(JournalFileTest, IsLocked) {
    ASSERT_TRUE(open(entry("a", true)));
    JournalFile second;
    const Result<void> opened = second.open(file.path(), true, log);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().error_class(), ErrorClass::Sink);
    EXPECT_EQ(opened.error().code(), EWOULDBLOCK);
    EXPECT_EQ(content(), entry("a", true));
}

TEST_F(JournalFileTest, MustBeAWritableRegularFile) {
    for (const std::string name : {"/dev/full", "/dev/null", "/nowhere/at/all"}) {
        JournalFile one;
        const Result<void> opened = one.open(name, false, log);
        ASSERT_FALSE(opened) << name;
        EXPECT_EQ(opened.error().error_class(), ErrorClass::Sink) << name;
        EXPECT_NE(opened.error().message().find(name), std::string::npos);
    }
}

TEST_F(JournalFileTest, IsCompactedIfMostEntriesAreSuperseded) {
    std::string text;
    for (int i = 0; i < 400; ++i) {
        text += entry("a" + std::to_string(i), false);
    }
    for (int run = 0; run < 2; ++run) {
        for (int i = 0; i < 400; ++i) {
            text += entry("a" + std::to_string(i), i < 300);
        }
    }
    ASSERT_TRUE(open(text));
    std::string kept;
    for (int i = 0; i < 300; ++i) {
        kept += entry("a" + std::to_string(i), true);
    }
    for (int i = 300; i < 400; ++i) {
        kept += entry("a" + std::to_string(i), false);
    }
    EXPECT_EQ(content(), kept);
    EXPECT_TRUE(delivered("a299"));
    EXPECT_FALSE(delivered("a300"));
    // The new file is locked and written to.
    JournalFile second;
    EXPECT_FALSE(second.open(file.path(), true, log));
    const std::string more = entry("b", true);
    EXPECT_EQ(::write(journal.descriptor(), more.data(), more.size()),
              static_cast<ssize_t>(more.size()));
    EXPECT_EQ(content(), kept + more);
}

TEST_F(JournalFileTest, IsCompactedThroughItsLinkAndNextToOtherFiles) {
    const test::TemporaryFolder folder;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += entry("a", true);
    }
    folder.put("real", text);
    folder.put("real.new", "other");
    folder.put("link.new", "other");
    ASSERT_EQ(::symlink("real", folder.path("link").c_str()), 0);
    ASSERT_TRUE(journal.open(folder.path("link"), true, log));
    EXPECT_EQ(folder.get("real"), entry("a", true));
    EXPECT_EQ(folder.list(), (std::vector<std::string>{"link", "link.new", "real", "real.new"}));
    struct stat found = {};
    ASSERT_EQ(::lstat(folder.path("link").c_str(), &found), 0);
    EXPECT_TRUE(S_ISLNK(found.st_mode));
    EXPECT_EQ(folder.get("real.new") + folder.get("link.new"), "otherother");
    // What was read before can still be read.
    std::size_t delivered = 0;
    EXPECT_TRUE(journal.for_each_delivered([&](std::string_view) { ++delivered; }));
    EXPECT_EQ(delivered, 1U);
}

TEST_F(JournalFileTest, KeepsTheLastJobWhenItIsCompacted) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        JournalEntry made;
        made.key = JournalKey{Identity::of_line("a"), 1};
        made.delivered = i == 0;
        made.job = static_cast<std::uint64_t>(i) + 1;
        std::string line = "{\"input\":\"a\"}\n";
        made.seal(line);
        text += line;
    }
    ASSERT_TRUE(open(text));
    EXPECT_EQ(journal.last_job(), 1000U);
    JournalFile again;
    journal = JournalFile();
    ASSERT_TRUE(again.open(file.path(), true, log));
    EXPECT_EQ(again.last_job(), 1000U);
}

TEST_F(JournalFileTest, IsNotCompactedIfMostEntriesCount) {
    std::string text;
    for (int i = 0; i < 2000; ++i) {
        text += entry("a" + std::to_string(i % 1500), i % 2 == 0);
    }
    ASSERT_TRUE(open(text));
    EXPECT_EQ(content(), text);
}

}  // namespace
}  // namespace runnel
