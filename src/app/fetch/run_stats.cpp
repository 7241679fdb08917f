#include "app/fetch/run_stats.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "json/escape.hpp"

namespace runnel {

namespace {

std::string milliseconds(Duration span) {
    return fmt::format("{:.3g} ms", std::chrono::duration<double, std::milli>(span).count());
}

double per_second(std::uint64_t count, Duration span) {
    return span > Duration::zero() ? static_cast<double>(count) / to_seconds(span) : 0;
}

/// In seconds; null when nothing was measured.
std::string percentiles(const Histogram& times) {
    if (times.count() == 0) {
        return "null";
    }
    return fmt::format(R"({{"p50":{:.6f},"p90":{:.6f},"p99":{:.6f},"max":{:.6f}}})",
                       to_seconds(times.percentile(50)), to_seconds(times.percentile(90)),
                       to_seconds(times.percentile(99)), to_seconds(times.max()));
}

/// How limits have changed; null when they were given.
std::string limits(const RunFacts& run) {
    if (run.limit_changes == nullptr) {
        return "null";
    }
    std::string latest;
    for (const LimitChanges::Change& change : run.limit_changes->latest()) {
        latest += latest.empty() ? R"({"origin":)" : R"(,{"origin":)";
        append_json_string(latest, change.origin);
        latest += fmt::format(R"(,"seconds":{:.6f},"limit":{}}})",
                              to_seconds(change.at - run.started), change.limit);
    }
    return fmt::format(R"({{"raised":{},"lowered":{},"latest":[{}]}})", run.limit_changes->raised(),
                       run.limit_changes->lowered(), latest);
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
    attempts_ += record.attempts;
    retries_ += record.attempts > 1 ? record.attempts - 1 : 0;
    for (std::size_t i = 0; i < kTimes.size(); ++i) {
        if (const Record::Time& time = record.*kTimes[i].time) {
            times_[i].record(*time);
        }
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

std::string RunStats::summary(const RunFacts& run) const {
    const auto three = [](const Histogram& times) {
        return fmt::format("p50 {}, p99 {}, max {}", milliseconds(times.percentile(50)),
                           milliseconds(times.percentile(99)), milliseconds(times.max()));
    };
    std::string text = counts();
    if (run.skipped > 0) {
        text += fmt::format(", {} skipped", run.skipped);
    }
    if (retries_ > 0) {
        text += fmt::format(", {} retries", retries_);
    }
    text +=
        fmt::format("; {} in {:.2f} s, {:.0f}/s", bytes_for_people(bytes_), to_seconds(run.elapsed),
                    per_second(delivered_ + failed_ + cancelled_, run.elapsed));
    if (time_total().count() > 0) {
        text += "; time_total " + three(time_total());
    }
    return text + "; loop lag " + three(run.loop_lag);
}

std::string RunStats::json(const RunFacts& run) const {
    std::string text = fmt::format(
        R"({{"read":{},"delivered":{},"failed":{},"cancelled":{},"skipped":{},"retries":{},"hedges":{})",
        run.read, delivered_, failed_, cancelled_, run.skipped, retries_, run.hedges);
    text += R"(,"errors":{)";
    bool first = true;
    for (std::size_t i = 0; i < kClasses; ++i) {
        if (by_class_[i] > 0) {
            text += fmt::format(R"({}"{}":{})", std::exchange(first, false) ? "" : ",",
                                to_string(static_cast<ErrorClass>(i)), by_class_[i]);
        }
    }
    text += fmt::format(R"(}},"bytes":{},"seconds":{:.6f},"requests_per_second":{:.3f})", bytes_,
                        to_seconds(run.elapsed), per_second(attempts_, run.elapsed));
    text += R"(,"latency":{)";
    for (std::size_t i = 0; i < kTimes.size(); ++i) {
        text +=
            fmt::format(R"({}"{}":{})", i == 0 ? "" : ",", kTimes[i].name, percentiles(times_[i]));
    }
    text += fmt::format(R"(}},"loop_lag":{},"peak_in_flight":{},"limits":{},"left_unread":{}}})",
                        percentiles(run.loop_lag), run.peak_in_flight, limits(run), run.input_left);
    return text + '\n';
}

}  // namespace runnel
