#include "app/batch/batch_options.hpp"
#include "app/cli/option_table.hpp"

namespace runnel {

namespace {

/// Rows that have short names in `batch`.
struct Names {
    const OptionText& size;
    const OptionText& timeout;
    const OptionText& jobs;
};

void describe_batches(OptionSet& set, BatchOptions& options, const Names& names) {
    set.group("Batches");
    set.count(names.size, options.lines);
    set.size(options::kBatchBytes, options.bytes);
    set.duration(names.timeout, options.age);
    set.count(names.jobs, options.jobs);
    set.number(options::kBatchRetries, [&options](unsigned count) { options.retries = count; });
    set.duration(options::kBatchMaxTime, options.max_time);
    OptionSet::file(FileUse::Write, set.text(options::kBatchDeadLetter, options.dead_letter));
    set.flag(options::kBatchCoprocess, options.coprocess);
    const auto parse_ahead = [](const std::string& text) { return parse_count_or("auto", text); };
    set.value(options::kBatchAhead, options.coprocess_ahead, parse_ahead);
}

void describe_run(OptionSet& set, BatchOptions& options) {
    using Wanted = ProgressMode;
    set.group("Run");
    set.duration(options::kBatchDeadline, options.deadline);
    set.duration(options::kBatchGrace, options.grace);
    set.value(options::kBatchMaxFail, options.max_fail, &FailureLimit::parse);
    set.flag(options::kBatchFailEarly,
             [&options] { options.max_fail = FailureLimit::none_allowed(); });
    OptionSet::file(FileUse::Hold, set.text(options::kBatchJournal, options.journal));
    set.flag(options::kBatchResume, options.resume);
    set.choice<Wanted>(options::kBatchProgress, options.progress,
                       {{"auto", Wanted::Auto}, {"on", Wanted::On}, {"off", Wanted::Off}});
    OptionSet::file(FileUse::Write, set.text(options::kBatchStats, options.stats_file));
}

}  // namespace

void describe_batches(OptionSet& set, BatchOptions& options) {
    describe_batches(
        set, options,
        {options::kFetchBatchSize, options::kFetchBatchTimeout, options::kFetchBatchJobs});
}

void describe_batch(OptionSet& set, BatchOptions& options) {
    set.group("Input");
    set.flag(options::kBatchNull, options.separator, Separator::Nul);
    set.size(options::kBatchMaxLine, options.max_line);
    OptionSet::file(FileUse::Read, set.text(options::kBatchRedo, options.redo));
    describe_batches(set, options,
                     {options::kBatchSize, options::kBatchTimeout, options::kBatchJobs});
    set.flag(options::kBatchKeepOrder, options.keep_order);
    describe_run(set, options);
    describe_schedule(set, options.cron);
    set.refuse_arguments("put -- in front of the command: runnel batch [OPTIONS] -- CMD ARGS...");
}

}  // namespace runnel
