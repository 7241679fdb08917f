#include "app/batch/batch_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/batch/command_sink.hpp"

namespace runnel {

namespace {

/// Maximum size of a block for a worker: lines, and bytes with their line ends. It fits into a pipe
/// at once.
constexpr std::size_t kBlockLines = 4096;
constexpr std::uint64_t kBlockBytes = 60000;

/// Returns the limits of the batches of workers: a batch is sent when a worker is free, whatever
/// its size is.
BatchLimits block_limits(std::optional<std::size_t> lines) {
    BatchLimits limits;
    limits.lines = std::min(lines.value_or(kBlockLines), kBlockLines);
    limits.bytes = ByteLimit(kBlockBytes, 1);
    limits.at_once = true;
    return limits;
}

BatchLimits limits_of(const BatchOptions& options, bool lines_are_arguments) {
    if (options.coprocess) {
        return block_limits(options.coprocess_ahead);
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
    if (!options.cmd.empty() && options.cmd.front().empty()) {
        return bad_input("the name of the command after -- is empty");
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

std::string objection_to_argument(const Line& line, std::uint64_t longest) {
    if (line.text.size() > longest) {
        return fmt::format("longer than {} bytes, and cannot be passed as an argument", longest);
    }
    if (line.text.find('\0') != std::string::npos) {
        return "contains a NUL byte, which cannot be passed as an argument";
    }
    return {};
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
    plan.delimiter = plan.coprocess ? '\n' : plan.separator;
    plan.max_line = options.max_line;
    plan.max_argument = CommandSink::longest_argument();
    plan.jobs = options.jobs;
    plan.retries = options.retries;
    plan.max_time = options.max_time;
    plan.deadline = options.deadline;
    plan.grace = options.grace;
    plan.keep_order = options.keep_order;
    plan.journaled = !options.journal.empty();
    plan.max_fail = options.max_fail;
    plan.progress = options.progress;
    return plan;
}

std::string objection_to(const Line& line, const BatchPlan& plan) {
    if (line.too_long) {
        return fmt::format("longer than {} bytes (--max-line); only its beginning was kept",
                           plan.max_line);
    }
    if (plan.lines_are_arguments) {
        return objection_to_argument(line, plan.max_argument);
    }
    if (plan.cmd.empty() || line.text.find(plan.delimiter) == std::string::npos) {
        return {};
    }
    if (plan.coprocess) {
        return "contains a newline, so that a worker would take it for several lines";
    }
    return plan.delimiter == '\n'
               ? "contains a newline, so that the command would take it for several lines; with "
                 "-0 lines end with NUL"
               : "contains a NUL byte, so that the command would take it for several lines";
}

}  // namespace runnel
