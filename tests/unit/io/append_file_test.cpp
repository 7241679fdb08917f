#include "io/append_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

using Repair = AppendFile::Tail::Repair;

class AppendFileTest : public testing::Test {
protected:
    AppendFile open() {
        Result<AppendFile> opened = AppendFile::open(folder.path("file"), "{\"line");
        EXPECT_TRUE(opened);
        return std::move(*opened);
    }
    [[nodiscard]] std::string content() const { return folder.get("file"); }

    test::TemporaryFolder folder;
};

TEST_F(AppendFileTest, AppendsLines) {
    AppendFile file = open();
    EXPECT_EQ(file.append("{\"line\":1}\n")->repair, Repair::None);
    EXPECT_EQ(file.append("")->repair, Repair::None);
    EXPECT_EQ(file.append("{\"line\":2}\n")->repair, Repair::None);
    EXPECT_EQ(content(), "{\"line\":1}\n{\"line\":2}\n");
}

TEST_F(AppendFileTest, IsForItsOwnerOnlyUnlessItExists) {
    static_cast<void>(open());
    struct stat found = {};
    ASSERT_EQ(::stat(folder.path("file").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
    ASSERT_EQ(::chmod(folder.path("file").c_str(), 0644), 0);
    static_cast<void>(open());
    ASSERT_EQ(::stat(folder.path("file").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0644U);
}

TEST_F(AppendFileTest, RemovesAnUnfinishedLine) {
    for (const std::string& torn :
         {std::string("{"), std::string("{\"line"), "{\"line\":\"" + std::string(200'000, 'x')}) {
        folder.put("file", "first\n" + torn);
        const Result<AppendFile::Tail> tail = open().append("last\n");
        ASSERT_TRUE(tail);
        EXPECT_EQ(tail->repair, Repair::Removed);
        EXPECT_EQ(tail->size, torn.size());
        EXPECT_EQ(content(), "first\nlast\n");
    }
    folder.put("file", "{\"li");
    EXPECT_EQ(open().append("")->repair, Repair::Removed);
    EXPECT_EQ(content(), "");
}

TEST_F(AppendFileTest, EndsALineThatIsNotOurs) {
    folder.put("file", "first\nsecond");
    const Result<AppendFile::Tail> tail = open().append("last\n");
    ASSERT_TRUE(tail);
    EXPECT_EQ(tail->repair, Repair::Ended);
    EXPECT_EQ(tail->size, 6U);
    EXPECT_EQ(content(), "first\nsecond\nlast\n");
}

TEST_F(AppendFileTest, RemovesNothingWhileAnotherProgramHasTheFile) {
    folder.put("file", "{\"line\":");
    {
        const AppendFile other = open();
        EXPECT_EQ(open().append("a\n")->repair, Repair::Ended);
        EXPECT_EQ(content(), "{\"line\":\na\n");
    }
    folder.put("file", "{\"line\":");
    EXPECT_EQ(open().append("a\n")->repair, Repair::Removed);
}

TEST_F(AppendFileTest, RepairsWhatAppearsWhileItIsOpen) {
    AppendFile file = open();
    ASSERT_TRUE(file.append("a\n"));
    folder.put("file", "a\n{\"line\":");
    EXPECT_EQ(file.append("b\n")->repair, Repair::Removed);
    EXPECT_EQ(content(), "a\nb\n");
}

TEST_F(AppendFileTest, LeavesAFileAloneThatHasTakenTheName) {
    AppendFile file = open();
    ASSERT_EQ(::rename(folder.path("file").c_str(), folder.path("old").c_str()), 0);
    folder.put("file", "{\"line");
    EXPECT_EQ(file.append("a\n")->repair, Repair::None);
    EXPECT_EQ(folder.get("old"), "a\n");
    EXPECT_EQ(content(), "{\"line");
}

TEST_F(AppendFileTest, ReportsFailures) {
    const Result<AppendFile> missing = AppendFile::open(folder.path("no/file"), "x");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), ENOENT);
    Result<AppendFile> full = AppendFile::open("/dev/full", "x");
    ASSERT_TRUE(full);
    const Result<AppendFile::Tail> written = full->append("a\n");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().error_class(), ErrorClass::Sink);
    EXPECT_EQ(written.error().code(), ENOSPC);
}

TEST_F(AppendFileTest, KnowsAnUnfinishedLine) {
    folder.put("file", "a\nb");
    EXPECT_TRUE(ends_in_unfinished_line(folder.path("file")));
    folder.put("file", "a\nb\n");
    EXPECT_FALSE(ends_in_unfinished_line(folder.path("file")));
    folder.put("file", "");
    EXPECT_FALSE(ends_in_unfinished_line(folder.path("file")));
    EXPECT_FALSE(ends_in_unfinished_line(folder.path("missing")));
    EXPECT_FALSE(ends_in_unfinished_line("/dev/zero"));
}

}  // namespace
}  // namespace runnel
