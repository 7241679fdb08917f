#include "pipeline/adaptive_limit.hpp"

#include <algorithm>
#include <cmath>
#include "base/text.hpp"

namespace runnel {

namespace {

constexpr Duration kMinWindow = std::chrono::milliseconds(100);
constexpr std::size_t kMinAnswers = 10;
constexpr double kWeight = 0.4;  ///< Weight of a new window in the exponentially weighted means.
constexpr double kDeviations = 2.5;
constexpr double kMinSlack = 0.25;  ///< Minimum excess of a slow window (of the usual time).
constexpr double kMaxSlack = 1.0;
constexpr double kNegligible = 0.002;  ///< Slowdown that is ignored (seconds).
constexpr std::size_t kTenth = 10;
constexpr unsigned kMaxSlowWindows = 8;
constexpr Duration kMemory = std::chrono::minutes(1);

}  // namespace

AdaptiveLimit::AdaptiveLimit(std::size_t max) noexcept
    : max_(std::max<std::size_t>(max, 1)), limit_(std::min(kStart, max_)) {}

void AdaptiveLimit::answered(TimePoint sent, Duration wait, TimePoint now) noexcept {
    if (sent < began_) {
        return;
    }
    if (began_ == TimePoint::min()) {
        began_ = sent;
    }
    const double time = to_seconds(wait);
    ++answers_;
    sum_ += time;
    squares_ += time * time;
    const double length = to_seconds(std::max(now - began_, Duration::zero()));
    if (answers_ >= kMinAnswers && now - began_ >= kMinWindow &&
        length >= sum_ / static_cast<double>(answers_)) {
        decide();
        begin(now);
    }
}

void AdaptiveLimit::refused(TimePoint sent, TimePoint now) noexcept {
    if (sent < began_) {
        return;
    }
    slow_start_ = false;
    limit_ = std::max<std::size_t>(limit_ / 2, 1);
    begin(now);
}

void AdaptiveLimit::begin(TimePoint now) noexcept {
    began_ = now;
    reached_ = false;
    answers_ = 0;
    sum_ = 0;
    squares_ = 0;
}

void AdaptiveLimit::decide() noexcept {
    const auto answers = static_cast<double>(answers_);
    const double mean = sum_ / answers;
    const double variance = std::max(squares_ / answers - mean * mean, 0.0);
    if (!known_ || mean <= threshold()) {
        slow_windows_ = 0;
        learn(mean, variance, known_ ? kWeight : 1);
        grow();
        return;
    }
    slow_start_ = false;
    limit_ = std::max<std::size_t>(limit_ - (limit_ + kTenth - 1) / kTenth, 1);
    if (++slow_windows_ == kMaxSlowWindows) {
        slow_windows_ = 0;
        known_ = false;
        learn(mean, variance, 1);
    }
}

/// Returns the mean above which a window is slow.
double AdaptiveLimit::threshold() const noexcept {
    const double noise = kDeviations * std::sqrt(variance_);
    const double slack = std::clamp(noise, kMinSlack * usual_, kMaxSlack * usual_);
    return usual_ + std::max(slack, kNegligible);
}

void AdaptiveLimit::learn(double mean, double variance, double weight) noexcept {
    if (!known_ || mean < usual_) {
        usual_ += weight * (mean - usual_);
    }
    variance_ += weight * (variance - variance_);
    known_ = true;
}

void AdaptiveLimit::grow() noexcept {
    if (reached_) {
        limit_ = std::min(slow_start_ ? 2 * limit_ : limit_ + 1, max_);
    }
}

bool AdaptiveLimit::is_idle(TimePoint now) const noexcept {
    return began_ == TimePoint::min() || now - began_ > kMemory;
}

}  // namespace runnel
