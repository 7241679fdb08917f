#include "app/fetch/run_stats.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

Record delivered(std::uint64_t bytes, std::chrono::microseconds time) {
    Record record;
    record.attempts = 1;
    record.size_download = bytes;
    record.time_total = time;
    return record;
}

Record failed(ErrorClass error_class) {
    Record record;
    record.failure = Error(error_class, "why");
    return record;
}

RunFacts run_of(Duration elapsed) {
    static const Histogram kNoLag;
    RunFacts run(kNoLag);
    run.elapsed = elapsed;
    return run;
}

TEST(RunStats, AreZeroAtFirst) {
    const RunStats stats;
    EXPECT_EQ(stats.delivered() + stats.failed() + stats.cancelled(), 0U);
    EXPECT_EQ(stats.counts(), "0 delivered, 0 failed, 0 cancelled");
    EXPECT_EQ(stats.summary(run_of(1s)).find("time_total"), std::string::npos);
}

TEST(RunStats, CountEveryInputOnceAndFailuresByClass) {
    RunStats stats;
    stats.count(delivered(1, 1ms));
    stats.count(delivered(2, 1ms));
    stats.count(failed(ErrorClass::Dns));
    stats.count(failed(ErrorClass::HttpStatus));
    stats.count(failed(ErrorClass::Dns));
    stats.count(failed(ErrorClass::Interrupted));
    stats.count(failed(ErrorClass::Deadline));
    stats.count(failed(ErrorClass::Cancelled));
    stats.count(failed(ErrorClass::Internal));
    EXPECT_EQ(stats.delivered(), 2U);
    EXPECT_EQ(stats.failed(), 4U);
    EXPECT_EQ(stats.cancelled(), 3U);
    EXPECT_EQ(stats.counts(),
              "2 delivered, 4 failed, 3 cancelled (2 dns, 1 http_status, 1 deadline, "
              "1 interrupted, 1 cancelled, 1 internal)");
}

TEST(RunStats, CountWhatWasNotFetchedApart) {
    RunStats stats;
    stats.count(delivered(1024, 10ms));
    Record kept;
    stats.count(kept);
    stats.count(failed(ErrorClass::Interrupted));
    stats.count(failed(ErrorClass::BadInput));
    EXPECT_EQ(stats.delivered(), 1U);
    EXPECT_EQ(stats.kept(), 1U);
    EXPECT_EQ(stats.ended(), 3U);
    RunFacts run = run_of(1s);
    run.skipped = 2;
    EXPECT_NE(stats.summary(run).find(", 3 skipped; 1.0 KiB in 1.00 s, 1/s; "), std::string::npos)
        << stats.summary(run);
    EXPECT_NE(stats.json(run).find(R"("delivered":1,"failed":1,"cancelled":1,"skipped":3,)"),
              std::string::npos);
}

TEST(RunStats, SummarizeTheRun) {
    RunStats stats;
    stats.count(delivered(1024, 10ms));
    stats.count(delivered(512, 30ms));
    const std::string summary = stats.summary(run_of(2s));
    EXPECT_TRUE(summary.starts_with("2 delivered, 0 failed, 0 cancelled; 1.5 KiB in 2.00 s, 1/s; "))
        << summary;
    EXPECT_NE(summary.find("time_total p50 "), std::string::npos) << summary;
    EXPECT_NE(summary.find("max 30 ms; loop lag p50 0 ms"), std::string::npos) << summary;
}

TEST(RunStats, ContainHedgesAndAdaptiveLimits) {
    const RunStats stats;
    RunFacts run = run_of(1s);
    EXPECT_NE(stats.json(run).find(R"("hedges":0,)"), std::string::npos);
    EXPECT_NE(stats.json(run).find(R"("limits":null,)"), std::string::npos);
    run.hedges = 7;
    LimitChanges changes;
    run.limit_changes = &changes;
    EXPECT_NE(stats.json(run).find(R"("limits":{"raised":0,"lowered":0,"latest":[]},)"),
              std::string::npos);
    changes.add(run.started + 250ms, "http://a:80", 4, 8);
    changes.add(run.started + 2s, "http://b:80", 4, 2);
    EXPECT_NE(stats.json(run).find(R"("hedges":7,)"), std::string::npos);
    EXPECT_NE(stats.json(run).find(R"("limits":{"raised":1,"lowered":1,"latest":[)"
                                   R"({"origin":"http://a:80","seconds":0.250000,"limit":8},)"
                                   R"({"origin":"http://b:80","seconds":2.000000,"limit":2}]},)"),
              std::string::npos)
        << stats.json(run);
}

TEST(RunStats, PrintSizesWithUnits) {
    RunStats stats;
    stats.count(delivered(1023, 1ms));
    EXPECT_NE(stats.summary(run_of(1s)).find("; 1023 bytes in"), std::string::npos);
    stats.count(delivered(std::uint64_t{5} << 40, 1ms));
    EXPECT_NE(stats.summary(run_of(1s)).find("; 5.0 TiB in"), std::string::npos);
}

}  // namespace
}  // namespace runnel
