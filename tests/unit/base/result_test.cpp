#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>

#include "support/counted.hpp"

namespace runnel {
namespace {

Error refused() { return Error(ErrorClass::Connect, "refused", 7); }

Result<int> half_of(int number) {
    if (number % 2 != 0) {
        return Error(ErrorClass::BadInput, "odd");
    }
    return number / 2;
}

static_assert(!std::is_convertible_v<Result<int>, bool>, "only `if (result)` reads it as a bool");

TEST(Result, HoldsAValue) {
    const Result<int> result = half_of(8);
    EXPECT_TRUE(result.ok());
    EXPECT_TRUE(static_cast<bool>(result));
    EXPECT_EQ(result.value(), 4);
    EXPECT_EQ(*result, 4);
}

TEST(Result, HoldsAnError) {
    const Result<int> result = half_of(7);
    EXPECT_FALSE(result.ok());
    EXPECT_FALSE(static_cast<bool>(result));
    EXPECT_EQ(result.error().error_class(), ErrorClass::BadInput);
    EXPECT_EQ(result.error().message(), "odd");
}

TEST(Result, LetsItsValueBeChanged) {
    Result<std::string> result = std::string("a");
    result.value() += "b";
    *result += "c";
    result->push_back('d');
    EXPECT_EQ(result.value(), "abcd");
    const Result<std::string>& same = result;
    EXPECT_EQ(same->size(), 4U);
}

TEST(Result, MovesAMoveOnlyValueOut) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
    const std::unique_ptr<int> by_name = std::move(result).value();
    EXPECT_EQ(*by_name, 3);
    Result<std::unique_ptr<int>> other = std::make_unique<int>(4);
    const std::unique_ptr<int> by_star = *std::move(other);
    EXPECT_EQ(*by_star, 4);
}

TEST(Result, MovesItsErrorOut) {
    Result<int> result = refused();
    const Error error = std::move(result).error();
    EXPECT_EQ(error.message(), "refused");
    Result<void> nothing = refused();
    const Error same = std::move(nothing).error();
    EXPECT_EQ(same.code(), 7);
}

TEST(Result, MovesItsValueAndNeverCopiesIt) {
    test::Census census;
    {
        Result<test::Counted> result = test::Counted(census, 1);
        Result<test::Counted> moved = std::move(result);
        const test::Counted taken = std::move(moved).value();
        EXPECT_EQ(taken.value(), 1);
    }
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Result, MayHoldAnErrorAsReasonForATypeThatLooksLikeOne) {
    const Result<std::string> value = std::string("connect");
    const Result<std::string> error = refused();
    EXPECT_TRUE(value.ok());
    EXPECT_FALSE(error.ok());
}

TEST(Result, WithoutAValueIsSuccessOrAnError) {
    const Result<void> done;
    const Result<void> failed = refused();
    EXPECT_TRUE(done.ok());
    EXPECT_TRUE(static_cast<bool>(done));
    EXPECT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code(), 7);
}

TEST(ResultDeathTest, ReadingTheSideThatIsNotThereStopsTheProgram) {
    const Result<int> value = 1;
    const Result<int> error = refused();
    const Result<void> done;
    EXPECT_DEATH(static_cast<void>(error.value()), "value\\(\\) of a failed Result");
    EXPECT_DEATH(static_cast<void>(*error), "value\\(\\) of a failed Result");
    EXPECT_DEATH(static_cast<void>(value.error()), "error\\(\\) of a successful Result");
    EXPECT_DEATH(static_cast<void>(done.error()), "error\\(\\) of a successful Result");
}

Result<void> check_even(int number) {
    RUNNEL_TRY(half_of(number));
    return {};
}

Result<int> sum_of_halves(int a, int b) {
    RUNNEL_TRY_ASSIGN(const int first, half_of(a));
    RUNNEL_TRY_ASSIGN(int sum, half_of(b));
    if (first > 100) {
        RUNNEL_TRY_ASSIGN(sum, half_of(0));
        RUNNEL_TRY(check_even(first));
    }
    return first + sum;
}

TEST(ResultTry, PassesAnErrorOn) {
    EXPECT_TRUE(check_even(4).ok());
    EXPECT_EQ(check_even(3).error().message(), "odd");
}

TEST(ResultTry, AssignsValuesOrPassesTheFirstErrorOn) {
    EXPECT_EQ(*sum_of_halves(2, 4), 3);
    EXPECT_EQ(sum_of_halves(3, 4).error().error_class(), ErrorClass::BadInput);
    EXPECT_FALSE(sum_of_halves(2, 5).ok());
}

TEST(ResultTry, WorksInsideABlock) {
    EXPECT_EQ(*sum_of_halves(400, 4), 200) << "the inner one assigned 0";
    EXPECT_FALSE(sum_of_halves(202, 4).ok()) << "101 is odd";
}

Result<std::unique_ptr<int>> owned(Result<std::unique_ptr<int>> given) {
    RUNNEL_TRY_ASSIGN(std::unique_ptr<int> value, std::move(given));
    return value;
}

TEST(ResultTry, MovesTheValue) { EXPECT_EQ(**owned(std::make_unique<int>(7)), 7); }

}  // namespace
}  // namespace runnel
