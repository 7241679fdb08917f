#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "support/fake_loop.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

Task<Result<int>> half_of(int number) {
    co_await sleep_for(1ms);
    if (number % 2 != 0) {
        co_return Error(ErrorClass::BadInput, "odd");
    }
    co_return number / 2;
}

Task<Result<void>> check_even(int number) {
    RUNNEL_CO_TRY(co_await half_of(number));
    co_return Result<void>();
}

Task<Result<int>> sum_of_halves(int a, int b) {
    RUNNEL_CO_TRY_ASSIGN(const int first, co_await half_of(a));
    RUNNEL_CO_TRY_ASSIGN(int sum, co_await half_of(b));
    if (first > 100) {
        RUNNEL_CO_TRY_ASSIGN(sum, co_await half_of(0));
        RUNNEL_CO_TRY(co_await check_even(first));
    }
    co_return first + sum;
}

Task<Result<std::unique_ptr<int>>> owned(Result<std::unique_ptr<int>> given) {
    RUNNEL_CO_TRY_ASSIGN(std::unique_ptr<int> value, std::move(given));
    co_await sleep_for(1ms);
    co_return value;
}

TEST(ResultCoTry, PassesAnErrorOn) {
    FakeLoop loop;
    EXPECT_TRUE(run(loop, check_even(4)).ok());
    EXPECT_EQ(run(loop, check_even(3)).error().message(), "odd");
}

TEST(ResultCoTry, AssignsValuesOrPassesTheFirstErrorOn) {
    FakeLoop loop;
    EXPECT_EQ(*run(loop, sum_of_halves(2, 4)), 3);
    EXPECT_FALSE(run(loop, sum_of_halves(3, 4)).ok());
    EXPECT_FALSE(run(loop, sum_of_halves(2, 5)).ok());
}

TEST(ResultCoTry, WorksInsideABlock) {
    FakeLoop loop;
    EXPECT_EQ(*run(loop, sum_of_halves(400, 4)), 200) << "the inner one assigned 0";
    EXPECT_FALSE(run(loop, sum_of_halves(202, 4)).ok()) << "101 is odd";
}

TEST(ResultCoTry, MovesTheValue) {
    FakeLoop loop;
    EXPECT_EQ(**run(loop, owned(std::make_unique<int>(7))), 7);
}

}  // namespace
}  // namespace runnel
