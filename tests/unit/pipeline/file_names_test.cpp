#include "pipeline/file_names.hpp"

#include <string>

#include <gtest/gtest.h>

#include "pipeline/file_template.hpp"

namespace runnel {
namespace {

TEST(FileNames, GiveEachFileTheNameItAsksFor) {
    FileNames names;
    EXPECT_EQ(names.take("a"), "a");
    EXPECT_EQ(names.take("b/a"), "b/a");
    EXPECT_EQ(names.size(), 2U);
}

TEST(FileNames, NumberThoseThatAskForTheSame) {
    FileNames names;
    EXPECT_EQ(names.take("b/a.html"), "b/a.html");
    EXPECT_EQ(names.take("b/a.html"), "b/a.html.1");
    EXPECT_EQ(names.take("b/a.html"), "b/a.html.2");
}

TEST(FileNames, GiveNoNumberedNameTwice) {
    FileNames names;
    EXPECT_EQ(names.take("a.1"), "a.1");
    EXPECT_EQ(names.take("a"), "a");
    EXPECT_EQ(names.take("a"), "a.2");
    EXPECT_EQ(names.take("a.2"), "a.2.1");
    EXPECT_EQ(names.take("a"), "a.3");
    EXPECT_EQ(names.take("a.1"), "a.1.1");
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

TEST(FileNames, TakeNoLongerForTheHundredThousandthOfAName) {
    FileNames names;
    std::string last;
    for (int i = 0; i < 100'000; ++i) {
        last = names.take("a");
    }
    EXPECT_EQ(last, "a.99999");
}

}  // namespace
}  // namespace runnel
