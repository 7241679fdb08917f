#include "app/batch/batch_options.hpp"

namespace runnel {

namespace {

constexpr OptionText kNull = {"-0,--null", "", "Lines end with NUL, here and for CMD",
                              "Lines end with a NUL byte instead of a newline, both in the input "
                              "and for CMD."};
constexpr OptionText kMaxLine = {
    "--max-line", "SIZE", "Limit of a line (16M)",
    "Limit of a line, 16M by default. A longer one is rejected at once; its beginning goes to the "
    "dead letters."};
/// `batch` also has short names.
constexpr OptionText kSize[] = {{"--batch-size", "N", "Maximum lines of a batch (1000)"},
                                {"-n,--batch-size", "N", "Maximum lines of a batch (1000)"}};
constexpr OptionText kBytes = {
    "--batch-bytes", "SIZE", "Maximum bytes of a batch (no limit)",
    "Maximum bytes of a batch, line ends included; unlimited by default."};
constexpr const char* kTimeoutSummary = "Maximum wait after a batch's first line (no limit)";
constexpr const char* kTimeoutDetails =
    "A batch is complete D after its first line at the latest; unlimited by default.";
constexpr OptionText kTimeout[] = {{"--batch-timeout", "D", kTimeoutSummary, kTimeoutDetails},
                                   {"-t,--batch-timeout", "D", kTimeoutSummary, kTimeoutDetails}};
constexpr OptionText kJobs[] = {{"--batch-jobs", "N", "Commands at a time (1)"},
                                {"-j,--batch-jobs", "N", "Commands at a time (1)"}};
constexpr OptionText kRetries = {"--batch-retries", "N", "Retries of a batch (2)"};
constexpr OptionText kMaxTime = {
    "--batch-max-time", "D", "Limit of one attempt (none)",
    "Limit of one attempt. Past it the command gets TERM and then KILL; unlimited by default."};
constexpr OptionText kDeadLetter = {
    "--dead-letter", "FILE", "Append rejected lines to FILE, as JSON",
    "Append the lines of rejected batches to FILE, one JSON object each, with the reason and the "
    "number of attempts."};
constexpr OptionText kCoprocess = {
    "--coprocess", "", "Keep the commands running; a line answers a line",
    "Keep the commands running. Each answers one line with one line."};
constexpr OptionText kGrace = {
    "--grace", "D", "Time to finish after the first signal (10s)",
    "After the first signal, let running commands finish for up to D; 10s by default."};
constexpr OptionText kJournal = {"--journal", "FILE", "Record the outcome of each line in FILE",
                                 "Record the outcome of each line in FILE, for `--resume`."};
constexpr OptionText kResume = {"--resume", "", "Skip the lines that --journal lists as delivered"};

enum class Names { Long, Short };

void describe_batches(OptionSet& set, BatchOptions& options, Names names) {
    const auto variant = static_cast<std::size_t>(names);
    set.group("Batches");
    set.count(kSize[variant], options.lines);
    set.size(kBytes, options.bytes);
    set.duration(kTimeout[variant], options.age);
    set.count(kJobs[variant], options.jobs);
    set.number(kRetries, [&options](unsigned count) { options.retries = count; });
    set.duration(kMaxTime, options.max_time);
    set.text(kDeadLetter, options.dead_letter);
    set.flag(kCoprocess, options.coprocess);
}

}  // namespace

void describe_batches(OptionSet& set, BatchOptions& options) {
    describe_batches(set, options, Names::Long);
}

void describe_batch(OptionSet& set, BatchOptions& options) {
    set.group("Input");
    set.flag(kNull, options.separator, Separator::Nul);
    set.size(kMaxLine, options.max_line);
    describe_batches(set, options, Names::Short);
    set.group("Run");
    set.duration(kGrace, options.grace);
    set.text(kJournal, options.journal);
    set.flag(kResume, options.resume);
    describe_schedule(set, options.cron);
    set.refuse_arguments("put -- in front of the command: runnel batch [OPTIONS] -- CMD ARGS...");
}

}  // namespace runnel
