#include "base/histogram.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

constexpr double kError = 1.0 / 32;

TEST(Histogram, IsZeroWhenEmpty) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.max(), Duration::zero());
    EXPECT_EQ(histogram.percentile(50), Duration::zero());
    EXPECT_EQ(histogram.percentile(100), Duration::zero());
}

TEST(Histogram, ReturnsASingleValueExactlyForEveryPercentile) {
    Histogram histogram;
    histogram.record(123456789ns);
    for (const double percent : {0.0, 1.0, 50.0, 99.9, 100.0}) {
        EXPECT_EQ(histogram.percentile(percent), 123456789ns);
    }
    EXPECT_EQ(histogram.count(), 1U);
}

TEST(Histogram, KeepsEveryMagnitudeWithinItsErrorBound) {
    for (std::int64_t value = 1; value < Duration(1h).count(); value = value * 9 / 8 + 1) {
        Histogram histogram;
        histogram.record(Duration(value));
        histogram.record(2h);
        const auto measured = static_cast<double>(histogram.percentile(50).count());
        EXPECT_GE(measured, static_cast<double>(value));
        EXPECT_LE(measured, static_cast<double>(value) * (1 + kError)) << value;
    }
}

TEST(Histogram, AgreesWithSortedRandomValues) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> latency(std::log(2e6), 1.5);
    Histogram histogram;
    std::vector<std::int64_t> values;
    for (int i = 0; i < 10007; ++i) {
        const auto value = static_cast<std::int64_t>(latency(random));
        values.push_back(value);
        histogram.record(Duration(value));
    }
    std::sort(values.begin(), values.end());
    for (const double percent : {0.0, 10.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
        const auto rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
        const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
        const auto exact = static_cast<double>(values[index]);
        const auto measured = static_cast<double>(histogram.percentile(percent).count());
        EXPECT_GE(measured, exact) << percent;
        EXPECT_LE(measured, exact * (1 + kError)) << percent;
    }
    EXPECT_EQ(histogram.max().count(), values.back());
    EXPECT_EQ(histogram.percentile(100), histogram.max());
}

TEST(Histogram, NeverReturnsMoreThanTheMaximum) {
    Histogram histogram;
    histogram.record(1001us);
    histogram.record(1002us);
    EXPECT_LE(histogram.percentile(50), 1002us);
}

TEST(Histogram, TakesValuesOutsideItsRange) {
    Histogram histogram;
    histogram.record(-5s);
    EXPECT_EQ(histogram.percentile(100), Duration::zero());
    histogram.record(Duration::max());
    histogram.record(Duration::min());
    histogram.record(5h);
    EXPECT_EQ(histogram.count(), 4U);
    EXPECT_EQ(histogram.max(), Duration::max());
    EXPECT_EQ(histogram.percentile(100), Duration::max());
    EXPECT_EQ(histogram.percentile(50), Duration::zero());
}

TEST(Histogram, ClampsPercentiles) {
    Histogram histogram;
    histogram.record(1ms);
    histogram.record(2ms);
    EXPECT_EQ(histogram.percentile(1000), 2ms);
    EXPECT_EQ(histogram.percentile(-3), histogram.percentile(0));
    EXPECT_EQ(histogram.percentile(std::numeric_limits<double>::quiet_NaN()),
              histogram.percentile(0));
}

}  // namespace
}  // namespace runnel
