#include "app/batch/batch_plan.hpp"

#include <algorithm>

#include "app/batch/command_sink.hpp"

namespace runnel {

namespace {

/// Maximum size of a block for a worker: lines, and bytes with their line ends. It fits into a pipe
/// at once.
constexpr std::size_t kBlockLines = 4096;
constexpr std::uint64_t kBlockBytes = 60000;

/// Returns the limits of the batches of workers: a batch is sent when a worker is free, whatever
/// its size is.
BatchLimits block_limits() {
    BatchLimits limits;
    limits.lines = kBlockLines;
    limits.bytes = ByteLimit(kBlockBytes, 1);
    limits.at_once = true;
    return limits;
}

BatchLimits limits_of(const BatchOptions& options, bool lines_are_arguments) {
    if (options.coprocess) {
        return block_limits();
    }
    BatchLimits limits;
    limits.lines = options.lines;
    limits.bytes = ByteLimit(options.bytes, 1);
    limits.age = options.age;
    if (lines_are_arguments) {
        limits.arguments =
            ByteLimit(CommandSink::argument_space(options.cmd), CommandSink::kArgumentCost);
    }
    return limits;
}

Result<void> check_batch(const BatchOptions& options, bool lines_are_arguments) {
    if (options.resume && options.journal.empty()) {
        return bad_input("--resume: needs --journal FILE, which lists what was delivered");
    }
    if (options.coprocess && options.cmd.empty()) {
        return bad_input("--coprocess: needs a command; put -- CMD ARGS... at the end");
    }
    if (options.coprocess && lines_are_arguments) {
        return bad_input(
            "--coprocess: a worker reads its lines from stdin; remove {} from its command");
    }
    return {};
}

std::uint64_t longest_line(const BatchOptions& options, bool lines_are_arguments) {
    if (!lines_are_arguments) {
        return options.max_line;
    }
    const std::uint64_t longest = CommandSink::longest_argument();
    return options.max_line == 0 ? longest : std::min(options.max_line, longest);
}

}  // namespace

Result<BatchPlan> resolve_batch(const BatchOptions& options) {
    BatchPlan plan;
    plan.lines_are_arguments = !options.cmd.empty() && CommandSink::placeholders(options.cmd) > 0;
    RUNNEL_TRY(check_batch(options, plan.lines_are_arguments));
    plan.cmd = options.cmd;
    plan.coprocess = options.coprocess;
    plan.separator = static_cast<char>(options.separator);
    plan.limits = limits_of(options, plan.lines_are_arguments);
    plan.max_line = longest_line(options, plan.lines_are_arguments);
    plan.jobs = options.jobs;
    plan.retries = options.retries;
    plan.max_time = options.max_time;
    plan.grace = options.grace;
    plan.journaled = !options.journal.empty();
    return plan;
}

}  // namespace runnel
