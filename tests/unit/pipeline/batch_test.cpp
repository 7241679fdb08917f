#include "pipeline/batch.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const Batch& batch) {
    Lines lines;
    batch.for_each([&lines](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

class Owner final : public LineOwner {
public:
    void settle(std::size_t lines, const std::optional<Error>& failure) override {
        heard.push_back(std::to_string(lines) + (failure ? failure->message() : ""));
    }
    Lines heard;
};

TEST(Batch, ReturnsItsLinesAsOneTextAndOneByOne) {
    Batch batch('\n');
    EXPECT_TRUE(batch.empty());
    for (const char* line : {"one", "", "three\r"}) {
        batch.add(line);
    }
    EXPECT_EQ(batch.text(), "one\n\nthree\r\n");
    EXPECT_EQ(lines_of(batch), (Lines{"one", "", "three\r"}));
    EXPECT_EQ(batch.size(), 3U);
}

TEST(Batch, EndsItsLinesWithTheDelimiter) {
    Batch batch('\0');
    batch.add("two\nlines");
    batch.add("b");
    EXPECT_EQ(batch.text(), std::string("two\nlines\0b\0", 12));
    EXPECT_EQ(lines_of(batch), (Lines{"two\nlines", "b"}));
}

TEST(Batch, TellsLinesApartThatContainTheDelimiter) {
    Batch batch('\n');
    batch.add("two\nlines");
    batch.add("");
    batch.add("b");
    EXPECT_EQ(lines_of(batch.take_first(1)), (Lines{"two\nlines"}));
    EXPECT_EQ(lines_of(batch), (Lines{"", "b"}));
}

TEST(Batch, ReportsTheOutcomeToEachOwner) {
    const auto first = std::make_shared<Owner>();
    const auto second = std::make_shared<Owner>();
    Batch batch('\n');
    batch.add("1", first);
    batch.add("2", first);
    batch.add("unowned");
    batch.add("3", second);
    batch.add("4", first);
    batch.settle(Error(ErrorClass::Sink, " refused"));
    EXPECT_EQ(first->heard, (Lines{"2 refused", "1 refused"}));
    EXPECT_EQ(second->heard, (Lines{"1 refused"}));
}

TEST(Batch, GivesItsFirstLinesAway) {
    const auto owner = std::make_shared<Owner>();
    Batch batch('\n');
    batch.number = 7;
    batch.attempts = 2;
    batch.add("1", owner);
    batch.add("2", owner);
    batch.add("unowned");
    batch.add("3", owner);
    Batch first = batch.take_first(1);
    Batch middle = batch.take_first(2);
    EXPECT_EQ(lines_of(first), (Lines{"1"}));
    EXPECT_EQ(lines_of(middle), (Lines{"2", "unowned"}));
    EXPECT_EQ(lines_of(batch), (Lines{"3"}));
    EXPECT_EQ(middle.number, 7U);
    EXPECT_EQ(middle.attempts, 2U);
    batch.add("4", owner);
    EXPECT_EQ(batch.text(), "3\n4\n");
    EXPECT_EQ(batch.size(), 2U);
    batch.settle(std::nullopt);
    middle.settle(Error(ErrorClass::Sink, " middle"));
    first.settle(Error(ErrorClass::Sink, " first"));
    EXPECT_EQ(owner->heard, (Lines{"2", "1 middle", "1 first"}));
}

TEST(Batch, GivesAllLinesAwayIfFewerAreLeft) {
    Batch batch('\n');
    batch.add("1");
    EXPECT_EQ(batch.take_first(9).size(), 1U);
    EXPECT_TRUE(batch.empty());
    EXPECT_EQ(batch.text(), "");
    EXPECT_TRUE(batch.take_first(1).empty());
}

TEST(Batch, ReportsToOwnersOnce) {
    const auto owner = std::make_shared<Owner>();
    Batch batch('\n');
    batch.add("1", owner);
    batch.settle(std::nullopt);
    batch.settle(std::nullopt);
    EXPECT_EQ(owner->heard, (Lines{"1"}));
    EXPECT_EQ(owner.use_count(), 1);
}

}  // namespace
}  // namespace runnel
