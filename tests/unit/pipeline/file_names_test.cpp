#include "pipeline/file_names.hpp"

#include <string>

#include <gtest/gtest.h>

#include "pipeline/file_template.hpp"

namespace runnel {
namespace {

TEST(FileNames, GiveEachFileTheRequestedName) {
    FileNames names;
    EXPECT_EQ(names.take("a"), "a");
    EXPECT_EQ(names.take("b/a"), "b/a");
    EXPECT_EQ(names.take("b/c"), "b/c");
}

TEST(FileNames, NumberRepeatedNames) {
    FileNames names;
    EXPECT_EQ(names.take("b/a.html"), "b/a.html");
    EXPECT_EQ(names.take("b/a.html"), "b/a.html.1");
    EXPECT_EQ(names.take("b/a.html"), "b/a.html.2");
}

TEST(FileNames, AreClaimedForOneUrl) {
    FileNames names;
    EXPECT_TRUE(names.claim("a", "http://h/a"));
    EXPECT_TRUE(names.claim("a", "http://h/a"));
    EXPECT_TRUE(names.claim("b", "http://h/b"));
    const Result<void> second = names.claim("a", "http://h/b");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().error_class(), ErrorClass::Sink);
    EXPECT_NE(second.error().message().find("a is the file of http://h/a"), std::string::npos);
}

TEST(FileNames, NeverRepeatANumberedName) {
    FileNames names;
    EXPECT_EQ(names.take("a.1"), "a.1");
    EXPECT_EQ(names.take("a"), "a");
    EXPECT_EQ(names.take("a"), "a.2");
    EXPECT_EQ(names.take("a.2"), "a.2.1");
    EXPECT_EQ(names.take("a"), "a.3");
    EXPECT_EQ(names.take("a.1"), "a.1.1");
}

TEST(FileNames, LetAFileAndAFolderOfOneNameCoexist) {
    FileNames names;
    EXPECT_EQ(names.take("a"), "a");
    EXPECT_EQ(names.take("a/b"), "a.1/b");
    EXPECT_EQ(names.take("a/c"), "a.1/c");
    EXPECT_EQ(names.take("a/c"), "a.1/c.1");
    EXPECT_EQ(names.take("a"), "a.2");
    EXPECT_EQ(names.take("a/d"), "a.1/d");
    EXPECT_EQ(names.take("x/y/z"), "x/y/z");
    EXPECT_EQ(names.take("x/y"), "x/y.1");
    EXPECT_EQ(names.take("x"), "x.1");
    EXPECT_EQ(names.take("x/y/w"), "x/y/w");
    EXPECT_EQ(names.take("x/y.1/w"), "x/y.1.1/w");
}

TEST(FileNames, FindAFolderBesideManyNumberedFiles) {
    FileNames names;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_NE(names.take("a"), "");
    }
    EXPECT_EQ(names.take("a/b"), "a.1000/b");
    EXPECT_EQ(names.take("a.1000/c"), "a.1000/c");
    EXPECT_EQ(names.take("a"), "a.1001");
}

TEST(FileNames, NumberLongNamesWithinTheLimit) {
    FileNames names;
    const std::string name(kMaxFileName, 'a');
    EXPECT_EQ(names.take("b/" + name), "b/" + name);
    const std::string second = names.take("b/" + name);
    EXPECT_TRUE(second.ends_with(".1"));
    EXPECT_EQ(second.size(), kMaxFileName + 2);
    EXPECT_NE(names.take("b/" + name), second);
}

TEST(FileNames, StayFastForAHundredThousandEqualNames) {
    FileNames names;
    std::string last;
    for (int i = 0; i < 100'000; ++i) {
        last = names.take("a");
    }
    EXPECT_EQ(last, "a.99999");
}

}  // namespace
}  // namespace runnel
