#include "app/run_stats.hpp"

#include <fmt/format.h>

namespace runnel {

namespace {

std::string milliseconds(Duration span) {
    return fmt::format("{:.3g} ms", std::chrono::duration<double, std::milli>(span).count());
}

std::string bytes_for_people(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < kUnits.size()) {
        amount /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} bytes", bytes)
                     : fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

}  // namespace

void RunStats::count(const Record& record) {
    switch (record.state()) {
        case Record::State::Delivered: ++delivered_; break;
        case Record::State::Failed: ++failed_; break;
        case Record::State::Cancelled: ++cancelled_; break;
    }
    if (record.failure) {
        ++by_class_[static_cast<std::size_t>(record.failure->error_class())];
    }
    bytes_ += record.size_download;
    if (record.time_total) {
        time_total_.record(*record.time_total);
    }
}

std::string RunStats::counts() const {
    std::string text = fmt::format("{} delivered, {} failed", delivered_, failed_);
    std::string classes;
    for (std::size_t i = 0; i < kClasses; ++i) {
        if (by_class_[i] > 0) {
            classes += fmt::format("{}{} {}", classes.empty() ? "" : ", ", by_class_[i],
                                   to_string(static_cast<ErrorClass>(i)));
        }
    }
    text += fmt::format(", {} cancelled", cancelled_);
    return classes.empty() ? text : text + " (" + classes + ")";
}

std::string RunStats::summary(Duration elapsed, const Histogram& loop_lag) const {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    const auto inputs = static_cast<double>(delivered_ + failed_ + cancelled_);
    const auto three = [](const Histogram& times) {
        return fmt::format("p50 {}, p99 {}, max {}", milliseconds(times.percentile(50)),
                           milliseconds(times.percentile(99)), milliseconds(times.max()));
    };
    std::string text = fmt::format("{}; {} in {:.2f} s, {:.0f}/s", counts(),
                                   bytes_for_people(bytes_), seconds, inputs / seconds);
    if (time_total_.count() > 0) {
        text += "; time_total " + three(time_total_);
    }
    return text + "; loop lag " + three(loop_lag);
}

}  // namespace runnel
