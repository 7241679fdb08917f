#include "app/fetch/fetch_options.hpp"

#include <fmt/format.h>

#include "app/cli/option_table.hpp"
#include "app/fetch/output_options.hpp"
#include "app/options/limit_options.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"

namespace runnel {

namespace {

void describe_inputs(OptionSet& set, FetchOptions& options) {
    set.group("Input");
    set.arguments(options::kFetchUrls, options.urls);
    OptionSet::file(FileUse::Inputs, set.texts(options::kFetchInput, options.files));
    set.flag(options::kFetchNull, options.separator, Separator::Nul);
    set.value(options::kFetchTemplate, options.url_template, &UrlTemplate::parse);
    describe_mock_routes(set, options.mock_routes);
    set.flag(options::kFetchDryRun, options.dry_run);
}

void describe_limits(OptionSet& set, FetchOptions& options) {
    set.size(options::kFetchMaxBody, options.max_body);
    set.size(options::kFetchMaxLine, options.max_line);
    set.duration(options::kFetchDeadline, options.deadline);
    set.duration(options::kFetchGrace, options.grace);
}

void describe_run(OptionSet& set, FetchOptions& options) {
    using Wanted = ProgressMode;
    set.group("Run");
    set.value(options::kFetchMaxFail, options.max_fail, &FailureLimit::parse);
    set.flag(options::kFetchFailEarly,
             [&options] { options.max_fail = FailureLimit::none_allowed(); });
    OptionSet::file(FileUse::Hold, set.text(options::kFetchJournal, options.journal));
    set.flag(options::kFetchResume, options.resume);
    OptionSet::file(FileUse::Left, set.text(options::kFetchLeft, options.left));
    set.choice<Wanted>(options::kFetchProgress, options.progress,
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
