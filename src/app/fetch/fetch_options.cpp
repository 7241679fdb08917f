#include "app/fetch/fetch_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli/option_types.hpp"
#include "app/fetch/output_options.hpp"
#include "app/options/limit_options.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"
#include "base/parse.hpp"

namespace runnel {

namespace {

void describe_inputs(CLI::App& command, FetchOptions& options) {
    // So many are expected that each is taken as it stands: see add_words().
    add_words(command, "URL", options.urls, "URLs; without any and without -i, read from stdin")
        ->expected(CLI::detail::expected_max_vector_size, CLI::detail::expected_max_vector_size)
        ->take_all();
    command.add_option("-i,--input", options.files, "Read URLs from FILE, one a line (-: stdin)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command.add_flag_callback(
        "-0,--null", [&options] { options.separator = Separator::Nul; },
        "A NUL ends an input of a file, not a newline");
    add_value(command, "--template", options.url_template, &UrlTemplate::parse,
              "Put each input, percent-encoded, in the place of {} in this URL")
        ->type_name("URL");
    command
        .add_option("--mock", options.mock_routes,
                    "Take every answer from a file of routes instead of the network")
        ->type_name("ROUTES")
        ->take_last();
    command.add_flag("--dry-run", options.dry_run,
                     "Print the requests as JSON, secrets as ***, and make none");
}

void describe_limits(CLI::App& command, FetchOptions& options) {
    const std::string group = "Limits";
    add_value(command, "--max-body", options.max_body, &parse_size,
              "Limit of a body, decoded (16M where it is held, else none)")
        ->type_name("SIZE")
        ->group(group);
    add_size(command, "--max-line", options.max_line, "Limit of a line (16M)")->group(group);
    add_duration(command, "--deadline", options.deadline, "Limit of the whole run (none)")
        ->group(group);
    add_duration(command, "--grace", options.grace, "Time to finish after the first signal (10s)")
        ->group(group);
}

void describe_progress(CLI::App& command, FetchOptions& options) {
    using Wanted = ProgressBar::Wanted;
    add_choice<Wanted>(command, "--progress", options.progress,
                       {{"auto", Wanted::Auto}, {"on", Wanted::On}, {"off", Wanted::Off}},
                       "Show on a terminal how far it is (auto: unless stdout is one, too)");
}

void describe_endings(CLI::App& command, FetchOptions& options) {
    const std::string group = "Limits";
    add_value(command, "--max-fail", options.max_fail, &FailureLimit::parse,
              "Stop when more than N inputs, or P% of them, have failed; fewer are no failure")
        ->type_name("N|P%")
        ->group(group);
    command
        .add_flag_callback(
            "--fail-early", [&options] { options.max_fail = FailureLimit::none_allowed(); },
            "Stop at the first input that fails")
        ->group(group);
    command
        .add_option("--journal", options.journal,
                    "Write to FILE what became of each input, for --resume")
        ->type_name("FILE")
        ->take_last();
    command.add_flag("--resume", options.resume,
                     "Skip the inputs that were delivered, as --journal tells");
}

}  // namespace

void describe_fetch(CLI::App& command, FetchOptions& options) {
    options.policy.user_agent = fmt::format("runnel/{}", RUNNEL_VERSION);
    describe_inputs(command, options);
    describe_requests(command, options.requests);
    describe_expectation(command, options.expect);
    describe_retries(command, options.retry);
    describe_transport(command, options.transport, options.policy);
    describe_time_limits(command, options.policy);
    describe_admission_limits(command, options.limits, options.hedge);
    describe_limits(command, options);
    describe_endings(command, options);
    describe_progress(command, options);
    describe_output(command, options);
    describe_batches(command, options.batch);
    command.footer(
        "runnel fetch [OPTIONS] [URL...] -- CMD ARGS... gives the output to CMD, in batches of "
        "lines, as\nrunnel batch does.");
    describe_schedule(command, options.cron);
    refuse_flag_values(command);
}

}  // namespace runnel
