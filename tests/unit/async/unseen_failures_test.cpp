#include "async/unseen_failures.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

class Failed {
public:
    explicit Failed(int number) : number_(number) {}
    [[nodiscard]] bool seen() const noexcept { return seen_; }
    void look() noexcept { seen_ = true; }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
    bool seen_ = false;
};

TEST(UnseenFailures, ReturnsTheOldestUnseenOne) {
    UnseenFailures<Failed> failures;
    EXPECT_EQ(failures.first(), nullptr);
    for (int i = 0; i < 3; ++i) {
        failures.add(std::make_shared<Failed>(i));
    }
    EXPECT_EQ(failures.first()->number(), 0);
    failures.first()->look();
    EXPECT_EQ(failures.first()->number(), 1);
}

TEST(UnseenFailures, TakesTheUnseenOnesInTheirOrder) {
    UnseenFailures<Failed> failures;
    for (int i = 0; i < 100; ++i) {
        auto failed = std::make_shared<Failed>(i);
        if (i % 2 == 0) {
            failed->look();
        }
        failures.add(std::move(failed));
    }
    const auto taken = failures.take();
    ASSERT_EQ(taken.size(), 50U);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        EXPECT_EQ(taken[i]->number(), static_cast<int>(2 * i + 1));
    }
    EXPECT_EQ(failures.first(), nullptr);
}

TEST(UnseenFailures, RemovesSeenOnes) {
    UnseenFailures<Failed> failures;
    std::vector<std::weak_ptr<Failed>> all;
    for (int i = 0; i < 10'000; ++i) {
        auto failed = std::make_shared<Failed>(i);
        all.push_back(failed);
        failures.add(failed);
        failed->look();
    }
    std::size_t kept = 0;
    for (const auto& failed : all) {
        kept += failed.expired() ? 0U : 1U;
    }
    EXPECT_LE(kept, 17U);
}

}  // namespace
}  // namespace runnel
