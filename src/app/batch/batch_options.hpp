#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/console/progress_mode.hpp"
#include "app/options/failure_limit.hpp"
#include "app/options/schedule_options.hpp"
#include "base/deadline.hpp"
#include "pipeline/input.hpp"

namespace runnel {

/// The options of `runnel batch` as parsed; resolve_batch() makes a BatchPlan of them. A limit of 0
/// means no limit; a file name is empty if not set.
struct BatchOptions {
    std::vector<std::string> cmd;  ///< CMD ARGS; batches are printed if empty.
    Separator separator = Separator::Newline;
    std::size_t lines = 1000;         ///< Maximum lines of a batch.
    std::uint64_t bytes = 0;          ///< Maximum bytes of a batch, including line ends.
    Duration age = Duration::zero();  ///< Maximum age of the first line of a batch.
    std::uint64_t max_line = std::uint64_t{16} << 20;
    std::size_t jobs = 1;
    unsigned retries = 2;
    Duration max_time = Duration::zero();  ///< Limit of an attempt.
    std::string dead_letter;
    std::string redo;  ///< The file to read instead of stdin.
    bool keep_order = false;
    bool coprocess = false;
    std::optional<std::size_t> coprocess_ahead;  ///< Lines; null: auto.
    std::string journal;
    bool resume = false;
    Duration deadline = Duration::zero();
    Duration grace = std::chrono::seconds(10);
    FailureLimit max_fail;  ///< Limit of failed lines.
    ProgressMode progress = ProgressMode::Auto;
    std::string stats_file;
    ScheduleOptions cron;
};

/// Describes the options of `batch` to \a set, which sets \a options while it parses. Both must
/// outlive the parsing.
void describe_batch(OptionSet& set, BatchOptions& options);

/// Describes the options that `fetch` has in common with `batch`.
void describe_batches(OptionSet& set, BatchOptions& options);

}  // namespace runnel
