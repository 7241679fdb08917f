#include "app/run/output_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/read_file.hpp"
#include "support/named_file.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

using Mode = OutputFile::Mode;

TEST(OutputFile, ReplacesTheContent) {
    const test::NamedFile file("what was there");
    OutputFile option("--stats", Mode::Replace);
    ASSERT_TRUE(option.open(file.path()));
    EXPECT_TRUE(option.wanted());
    EXPECT_EQ(option.name(), file.path());
    ASSERT_TRUE(option.write("one "));
    ASSERT_TRUE(option.write("two"));
    EXPECT_EQ(*read_file(file.path()), "one two");
}

TEST(OutputFile, SwapsAllOfAFileInOneStep) {
    const test::TemporaryFolder folder;
    folder.put("store", "old");
    OutputFile option("--etag-store", Mode::Swap);
    ASSERT_TRUE(option.open(folder.path("store")));
    EXPECT_TRUE(option.wanted());
    EXPECT_EQ(folder.get("store"), "old");
    ASSERT_TRUE(option.write("new"));
    EXPECT_EQ(folder.get("store"), "new");
}

TEST(OutputFile, ChangesNothingWithoutAWrite) {
    const test::TemporaryFolder folder;
    folder.put("store", "old");
    {
        OutputFile option("--etag-store", Mode::Swap);
        ASSERT_TRUE(option.open(folder.path("store")));
        OutputFile missing("--etag-store", Mode::Swap);
        ASSERT_TRUE(missing.open(folder.path("missing")));
    }
    EXPECT_EQ(folder.get("store"), "old");
    EXPECT_EQ(folder.list(), std::vector<std::string>{"store"});
}

TEST(OutputFile, SwapsTheTargetOfALink) {
    const test::TemporaryFolder folder;
    folder.put("real/store", "old");
    ASSERT_EQ(::symlink("real/store", folder.path("link").c_str()), 0);
    OutputFile option("--etag-store", Mode::Swap);
    ASSERT_TRUE(option.open(folder.path("link")));
    ASSERT_TRUE(option.write("new"));
    EXPECT_EQ(folder.get("real/store"), "new");
    EXPECT_EQ(folder.list(), (std::vector<std::string>{"link", "real/", "real/store"}));
}

TEST(OutputFile, WritesToAStreamInsteadOfReplacingIt) {
    const test::TemporaryFolder folder;
    ASSERT_EQ(::symlink("/dev/full", folder.path("link").c_str()), 0);
    for (const Mode mode : {Mode::Replace, Mode::Swap}) {
        OutputFile option("--output", mode);
        ASSERT_TRUE(option.open(folder.path("link")));
        const Result<void> written = option.write("x");
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code(), ENOSPC);
    }
    EXPECT_EQ(folder.list(), std::vector<std::string>{"link"});
}

TEST(OutputFile, RefusesToUpdateAnythingButAFile) {
    const test::TemporaryFolder folder;
    for (const std::string& name :
         {folder.path(), folder.path("missing/store"), std::string("/dev/full")}) {
        OutputFile option("--etag-store", Mode::Update);
        const Result<void> opened = option.open(name);
        ASSERT_FALSE(opened) << name;
        EXPECT_EQ(opened.error().error_class(), ErrorClass::Sink);
        EXPECT_TRUE(
            opened.error().message().starts_with("--etag-store: cannot write " + name + ": "));
        EXPECT_FALSE(option.wanted());
    }
}

TEST(OutputFile, DoesNothingWithoutAName) {
    OutputFile option("--stats", Mode::Replace);
    ASSERT_TRUE(option.open(""));
    EXPECT_FALSE(option.wanted());
    EXPECT_TRUE(option.write(""));
}

TEST(OutputFile, NamesOptionFileAndReasonOfAFailure) {
    OutputFile missing("--stats", Mode::Replace);
    const Result<void> opened = missing.open("/nowhere/stats");
    ASSERT_FALSE(opened);
    EXPECT_FALSE(missing.wanted());
    EXPECT_EQ(opened.error().error_class(), ErrorClass::Sink);
    EXPECT_EQ(opened.error().code(), ENOENT);
    EXPECT_EQ(opened.error().message(),
              "--stats: cannot write /nowhere/stats: No such file or directory");
    OutputFile full("--stats", Mode::Replace);
    ASSERT_TRUE(full.open("/dev/full"));
    const Result<void> written = full.write("x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message(),
              "--stats: cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace runnel
