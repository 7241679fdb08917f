#include "app/fetch/fetch_plan.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "base/error.hpp"
#include "io/named_file.hpp"

namespace runnel {

namespace {

Result<void> check_batches(const FetchOptions& options, bool wanted) {
    if (!options.cmd.empty() && options.cmd.front().starts_with("http")) {
        return bad_input(fmt::format(
            "{}: the words after -- are a command that gets the output; put URLs before it",
            options.cmd.front()));
    }
    if (options.cmd.empty() && !options.batch.dead_letter.empty()) {
        return bad_input("--dead-letter: needs a command; put -- CMD ARGS... at the end");
    }
    if (wanted && options.format == FetchOptions::Format::Raw) {
        return bad_input("--raw: cannot be used with batches, which are made of lines");
    }
    return {};
}

/// Returns null if the output is not delivered in batches.
Result<std::optional<BatchPlan>> resolve_batches(const FetchOptions& options) {
    BatchOptions batches = options.batch;
    const bool wanted = !options.cmd.empty() || batches.lines > 0 || batches.bytes > 0 ||
                        batches.age > Duration::zero();
    RUNNEL_TRY(check_batches(options, wanted));
    batches.cmd = options.cmd;
    batches.lines = batches.lines > 0 ? batches.lines : BatchOptions().lines;
    batches.max_line = options.max_line;
    batches.grace = options.grace;
    batches.keep_order = options.keep_order;
    batches.journal = options.journal;
    batches.resume = options.resume;
    RUNNEL_TRY_ASSIGN(BatchPlan plan, resolve_batch(batches));
    return wanted ? std::optional(std::move(plan)) : std::nullopt;
}

/// `-o -` and `-o /dev/stdout` are `--raw`.
Result<FetchOptions> with_stdout_as_raw(FetchOptions options) {
    using Format = FetchOptions::Format;
    if (!options.output ||
        (*options.output != "-" && descriptor_named(*options.output) != STDOUT_FILENO)) {
        return options;
    }
    if (options.format.value_or(Format::Raw) != Format::Raw) {
        return bad_input(fmt::format(
            "--output: {} is stdout, as with --raw, and cannot be used with another format",
            *options.output));
    }
    options.output.reset();
    options.format = Format::Raw;
    return options;
}

}  // namespace

Result<FetchPlan> resolve_fetch(const FetchOptions& given) {
    RUNNEL_TRY_ASSIGN(const FetchOptions options, with_stdout_as_raw(given));
    RUNNEL_TRY_ASSIGN(OutputPlan output, resolve_output(options));
    RUNNEL_TRY_ASSIGN(std::optional<BatchPlan> batches, resolve_batches(options));
    return FetchPlan{std::move(output),
                     std::move(batches),
                     options.limits,
                     options.retry,
                     options.hedge,
                     options.expect,
                     options.max_fail,
                     options.deadline,
                     options.grace,
                     options.progress,
                     options.requests.user_agent};
}

}  // namespace runnel
