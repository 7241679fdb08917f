#include "app/fetch/fetch_options.hpp"

#include <fmt/format.h>

#include "app/fetch/output_options.hpp"
#include "app/options/limit_options.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"
#include "base/parse.hpp"

namespace runnel {

namespace {

constexpr OptionText kUrls = {"URL", "", "URLs; without any and without -i, read from stdin"};
constexpr OptionText kInput = {"-i,--input", "FILE", "Read URLs from FILE, one a line (-: stdin)",
                               "Read URLs from FILE, one on each line; `-` is stdin."};
constexpr OptionText kNull = {"-0,--null", "", "Inputs of a file end with NUL, not a newline",
                              "In files and stdin an input ends with a NUL byte, not a newline."};
constexpr OptionText kTemplate = {
    "--template", "URL", "Put each input, percent-encoded, for {} in URL",
    "Put each input, percent-encoded, in the place of every `{}` in URL."};
constexpr OptionText kDryRun = {
    "--dry-run", "", "Print the requests as JSON, and make none",
    "Print the requests that would be made, as [lines of JSON](#lines-of-json) with secrets as "
    "`***`, and make none."};
constexpr OptionText kMaxBody = {
    "--max-body", "SIZE", "Limit of a decoded body (16M if held, else none)",
    "Limit of a body, counted after decoding; 16M where bodies are held, none where they stream."};
constexpr OptionText kMaxLine = {
    "--max-line", "SIZE", "Limit of a line of a body (16M)",
    "Limit of a line of a body that is printed, 16M by default. A line "
    "of the input always has that limit."};
constexpr OptionText kDeadline = {"--deadline", "D", "Limit of the whole run (none)",
                                  "Limit of the whole run, from the start of the program; none by "
                                  "default."};
constexpr OptionText kGrace = {
    "--grace", "D", "Time to finish after the first signal (10s)",
    "After the first signal, let requests in flight finish for up to D; 10s by default."};
constexpr OptionText kMaxFail = {
    "--max-fail", "N|P%", "Stop after more than N or P% failed inputs",
    "Stop when more than N inputs, or P% of them, have failed. Up to that the run succeeds, see "
    "[When to stop](#when-to-stop)."};
constexpr OptionText kFailEarly = {"--fail-early", "", "Stop at the first failed input"};
constexpr OptionText kJournal = {
    "--journal", "FILE", "Record the outcome of each input in FILE",
    "Record the outcome of each input in FILE, for `--resume`, see [Journal](#journal)."};
constexpr OptionText kResume = {"--resume", "",
                                "Skip the inputs that --journal lists as delivered"};
constexpr OptionText kProgress = {
    "--progress", "auto|on|off", "Show progress on a terminal (auto: if stdout is not)",
    "Show progress on the last line of a terminal: finished inputs, the expected total if it is "
    "known (arguments and files, not a pipe), rate, requests in flight, retries, failures, and the "
    "time left. `auto`: when stderr is a terminal and stdout is not; `on`: also when both are. "
    "Never without a terminal, nor with `-q`."};

void describe_inputs(OptionSet& set, FetchOptions& options) {
    set.group("Input");
    set.arguments(kUrls, options.urls);
    set.texts(kInput, options.files);
    set.flag(kNull, options.separator, Separator::Nul);
    set.value(kTemplate, options.url_template, &UrlTemplate::parse);
    describe_mock_routes(set, options.mock_routes);
    set.flag(kDryRun, options.dry_run);
}

void describe_limits(OptionSet& set, FetchOptions& options) {
    set.size(kMaxBody, options.max_body);
    set.size(kMaxLine, options.max_line);
    set.duration(kDeadline, options.deadline);
    set.duration(kGrace, options.grace);
}

void describe_run(OptionSet& set, FetchOptions& options) {
    using Wanted = ProgressMode;
    set.group("Run");
    set.value(kMaxFail, options.max_fail, &FailureLimit::parse);
    set.flag(kFailEarly, [&options] { options.max_fail = FailureLimit::none_allowed(); });
    set.text(kJournal, options.journal);
    set.flag(kResume, options.resume);
    set.choice<Wanted>(kProgress, options.progress,
                       {{"auto", Wanted::Auto}, {"on", Wanted::On}, {"off", Wanted::Off}});
}

}  // namespace

void describe_fetch(OptionSet& set, FetchOptions& options) {
    options.policy.user_agent = fmt::format("runnel/{}", RUNNEL_VERSION);
    describe_inputs(set, options);
    describe_output(set, options);
    describe_requests(set, options.requests);
    describe_expectation(set, options.expect);
    describe_admission_limits(set, options.limits, options.hedge);
    describe_time_limits(set, options.policy);
    describe_limits(set, options);
    describe_retries(set, options.retry);
    describe_run(set, options);
    describe_batches(set, options.batch);
    describe_transport(set, options.transport, options.policy);
    describe_schedule(set, options.cron);
}

}  // namespace runnel
