#include "app/option_file.hpp"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "base/read_file.hpp"
#include "support/named_file.hpp"

namespace runnel {
namespace {

using Mode = OptionFile::Mode;

TEST(OptionFile, ReplacesWhatWasThere) {
    const test::NamedFile file("what was there");
    OptionFile option("--stats", Mode::Replace);
    ASSERT_TRUE(option.open(file.path()));
    EXPECT_TRUE(option.wanted());
    EXPECT_EQ(option.name(), file.path());
    ASSERT_TRUE(option.write("one "));
    ASSERT_TRUE(option.write("two"));
    EXPECT_EQ(*read_file(file.path()), "one two");
}

TEST(OptionFile, AppendsToWhatWasThere) {
    const test::NamedFile file("what was there, ");
    OptionFile option("--dead-letter", Mode::Append);
    ASSERT_TRUE(option.open(file.path()));
    ASSERT_TRUE(option.write("one"));
    EXPECT_EQ(*read_file(file.path()), "what was there, one");
}

TEST(OptionFile, IsNotWantedWithoutAName) {
    OptionFile option("--stats", Mode::Replace);
    ASSERT_TRUE(option.open(""));
    EXPECT_FALSE(option.wanted());
    EXPECT_TRUE(option.write(""));
}

TEST(OptionFile, NamesOptionFileAndReasonOfAFailure) {
    for (const Mode mode : {Mode::Replace, Mode::Append}) {
        OptionFile missing("--stats", mode);
        const Result<void> opened = missing.open("/nowhere/stats");
        ASSERT_FALSE(opened);
        EXPECT_FALSE(missing.wanted());
        EXPECT_EQ(opened.error().error_class(), ErrorClass::Sink);
        EXPECT_EQ(opened.error().code(), ENOENT);
        EXPECT_EQ(opened.error().message(),
                  "--stats: cannot write /nowhere/stats: No such file or directory");
        OptionFile full("--dead-letter", mode);
        ASSERT_TRUE(full.open("/dev/full"));
        const Result<void> written = full.write("x");
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().message(),
                  "--dead-letter: cannot write /dev/full: No space left on device");
    }
}

}  // namespace
}  // namespace runnel
