#include "http/attempt_budget.hpp"

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

TEST(AttemptBudget, IsAShareOfTheRequestsAndAMinimum) {
    AttemptBudget budget(20, 5);
    for (int i = 0; i < 100; ++i) {
        budget.count_request();
    }
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(budget.try_spend());
    }
    EXPECT_FALSE(budget.try_spend());
    for (int i = 0; i < 20; ++i) {
        budget.count_request();
    }
    EXPECT_TRUE(budget.try_spend());
    EXPECT_FALSE(budget.try_spend());
    EXPECT_EQ(budget.spent(), 6U);
    EXPECT_EQ(budget.refused(), 2U);
}

TEST(AttemptBudget, TakesUnusedAttemptsBack) {
    AttemptBudget budget(20, 1);
    EXPECT_TRUE(budget.try_spend());
    EXPECT_FALSE(budget.try_spend());
    budget.take_back();
    EXPECT_EQ(budget.spent(), 0U);
    EXPECT_TRUE(budget.try_spend());
}

}  // namespace
}  // namespace runnel::http
