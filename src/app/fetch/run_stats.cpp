#include "app/fetch/run_stats.hpp"

#include <fmt/format.h>

#include "app/run/percentiles.hpp"
#include "base/text.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

std::string milliseconds(Duration span) {
    return fmt::format("{:.3g} ms", std::chrono::duration<double, std::milli>(span).count());
}

double per_second(std::uint64_t count, Duration span) {
    return span > Duration::zero() ? static_cast<double>(count) / to_seconds(span) : 0;
}

/// Adds the changes of adaptive limits as an object; null if limits are fixed.
void add_limits(JsonObjectWriter& object, const RunFacts& run) {
    if (run.limit_changes == nullptr) {
        object.null("limits");
        return;
    }
    object.begin_object("limits");
    object.member("raised", run.limit_changes->raised());
    object.member("lowered", run.limit_changes->lowered());
    object.begin_array("latest");
    for (const LimitChanges::Change& change : run.limit_changes->latest()) {
        object.begin_object();
        object.member("origin", change.origin);
        object.seconds("seconds", change.at - run.started);
        object.member("limit", change.limit);
        object.end_object();
    }
    object.end_array();
    object.end_object();
}

std::string human_size(std::uint64_t bytes) {
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
        case Record::State::Delivered: ++(record.attempts > 0 ? delivered_ : kept_); break;
        case Record::State::Failed: ++failed_; break;
        case Record::State::Cancelled: ++cancelled_; break;
    }
    if (record.failure) {
        ++by_class_[static_cast<std::size_t>(record.failure->error_class())];
    }
    const bool cancelled = record.state() == Record::State::Cancelled;
    fetched_ += !cancelled && record.attempts > 0 ? 1 : 0;
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
    if (run.skipped + kept_ > 0) {
        text += fmt::format(", {} skipped", run.skipped + kept_);
    }
    if (retries_ > 0) {
        text += fmt::format(", {} retries", retries_);
    }
    text += fmt::format("; {} in {:.2f} s, {:.0f}/s", human_size(bytes_), to_seconds(run.elapsed),
                        per_second(fetched_, run.elapsed));
    if (time_total().count() > 0) {
        text += "; time_total " + three(time_total());
    }
    return text + "; loop lag " + three(run.loop_lag);
}

std::string RunStats::json(const RunFacts& run) const {
    std::string text;
    JsonObjectWriter object(text);
    object.member("read", run.read);
    object.member("delivered", delivered_);
    object.member("failed", failed_);
    object.member("cancelled", cancelled_);
    object.member("skipped", run.skipped + kept_);
    object.member("retries", retries_);
    object.member("hedges", run.hedges);
    object.begin_object("errors");
    for (std::size_t i = 0; i < kClasses; ++i) {
        if (by_class_[i] > 0) {
            object.member(to_string(static_cast<ErrorClass>(i)), by_class_[i]);
        }
    }
    object.end_object();
    object.member("bytes", bytes_);
    object.seconds("seconds", run.elapsed);
    object.fixed("requests_per_second", per_second(attempts_, run.elapsed), 3);
    object.begin_object("latency");
    for (std::size_t i = 0; i < kTimes.size(); ++i) {
        add_percentiles(object, kTimes[i].name, times_[i]);
    }
    object.end_object();
    add_percentiles(object, "loop_lag", run.loop_lag);
    object.member("peak_in_flight", run.peak_in_flight);
    add_limits(object, run);
    object.member("left_unread", run.input_left);
    object.end_line();
    return text;
}

}  // namespace runnel
