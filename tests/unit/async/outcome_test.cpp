#include "async/outcome.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "support/counted.hpp"

namespace runnel {
namespace {

TEST(Outcome, IsCancelledUntilItIsSet) {
    Outcome<int> outcome;
    EXPECT_FALSE(outcome.ok());
    EXPECT_TRUE(outcome.cancelled());
    EXPECT_EQ(outcome.exception(), nullptr);
    EXPECT_THROW(outcome.get(), Cancelled);
}

TEST(Outcome, ReturnsItsValue) {
    Outcome<int> outcome;
    outcome.set_value(3);
    EXPECT_TRUE(outcome.ok());
    EXPECT_FALSE(outcome.cancelled());
    EXPECT_EQ(outcome.get(), 3);
}

TEST(Outcome, WithoutAValueReportsSuccess) {
    Outcome<void> outcome;
    EXPECT_THROW(outcome.get(), Cancelled);
    outcome.set_value();
    EXPECT_TRUE(outcome.ok());
    EXPECT_NO_THROW(outcome.get());
}

TEST(Outcome, ThrowsWhatTheTaskThrew) {
    Outcome<void> outcome;
    outcome.set_exception(std::make_exception_ptr(std::runtime_error("no")));
    EXPECT_FALSE(outcome.ok());
    EXPECT_FALSE(outcome.cancelled());
    EXPECT_NE(outcome.exception(), nullptr);
    EXPECT_THROW(outcome.get(), std::runtime_error);
    EXPECT_THROW(outcome.get(), std::runtime_error) << "asking again changes nothing";
}

TEST(Outcome, MovesAMoveOnlyValueOut) {
    Outcome<std::unique_ptr<int>> outcome;
    outcome.set_value(std::make_unique<int>(4));
    Outcome<std::unique_ptr<int>> moved = std::move(outcome);
    EXPECT_EQ(*moved.get(), 4);
}

TEST(Outcome, ShowsItsValueAndKeepsIt) {
    test::Census census;
    Outcome<test::Counted> outcome;
    EXPECT_THROW(static_cast<void>(outcome.value()), Cancelled);
    outcome.set_value(test::Counted(census, 5));
    const int moves = census.moves;
    EXPECT_EQ(outcome.value().value(), 5);
    EXPECT_EQ(outcome.value().value(), 5);
    EXPECT_EQ(census.moves, moves);
    EXPECT_EQ(census.copies, 0);
    outcome.set_exception(std::make_exception_ptr(std::runtime_error("no")));
    EXPECT_THROW(static_cast<void>(outcome.value()), std::runtime_error);
}

TEST(Outcome, DestroysAValueThatWasNotTaken) {
    test::Census census;
    auto outcome = std::make_unique<Outcome<test::Counted>>();
    outcome->set_value(test::Counted(census, 1));
    EXPECT_EQ(census.live, 1);
    outcome.reset();
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

}  // namespace
}  // namespace runnel
