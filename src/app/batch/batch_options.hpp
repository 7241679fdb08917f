#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/options/schedule_options.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "pipeline/input.hpp"

namespace runnel {

/// What `runnel batch` was asked to do.
struct BatchOptions {
    std::vector<std::string> cmd;  ///< Empty: print batches.
    Separator separator = Separator::Newline;
    std::size_t lines = 1000;         ///< Of a batch.
    std::uint64_t bytes = 0;          ///< Of a batch, line ends included; 0: no limit.
    Duration age = Duration::zero();  ///< Of the first line of a batch; 0: no limit.
    std::uint64_t max_line = std::uint64_t{16} << 20;
    std::size_t jobs = 1;
    unsigned retries = 2;
    Duration max_time = Duration::zero();  ///< Of an attempt; 0: no limit.
    std::string dead_letter;               ///< A file; empty: none.
    bool coprocess = false;
    std::string journal;  ///< A file; empty: none.
    bool resume = false;
    Duration grace = std::chrono::seconds(10);
    ScheduleOptions cron;
};

/// Describes the command to \a command, which fills \a options in while it parses. Both must live
/// until then.
void describe_batch(OptionSet& set, BatchOptions& options);

/// Describes to \a command those of them that `fetch` has, too.
void describe_batches(OptionSet& set, BatchOptions& options);

/// What is wrong with them beyond each single one (ErrorClass::BadInput).
[[nodiscard]] Result<void> check(const BatchOptions& options);

}  // namespace runnel
