#include "app/batch/batch_options.hpp"

#include <CLI/CLI.hpp>

#include "app/batch/command_sink.hpp"
#include "app/cli/option_types.hpp"

namespace runnel {

namespace {

constexpr const char* kBatches = "Batches";
constexpr const char* kCommands = "Commands";

void describe_limits(CLI::App& command, BatchOptions& options, const std::string& size,
                     const std::string& timeout) {
    add_count(command, size, options.lines, "Most lines of a batch (1000)")->group(kBatches);
    add_size(command, "--batch-bytes", options.bytes, "Most bytes of a batch (no limit)")
        ->group(kBatches);
    add_duration(command, timeout, options.age,
                 "A batch waits no longer than this after its first line (no limit)")
        ->group(kBatches);
}

void describe_commands(CLI::App& command, BatchOptions& options, const std::string& jobs) {
    add_count(command, jobs, options.jobs, "Commands at a time (1)")->group(kCommands);
    const auto retries = [&options](unsigned count) { options.retries = count; };
    add_number(command, "--batch-retries", retries, "Retries of a batch (2)")->group(kCommands);
    add_duration(command, "--batch-max-time", options.max_time, "Limit of one attempt (none)")
        ->group(kCommands);
    command
        .add_option("--dead-letter", options.dead_letter,
                    "Append the lines that were not accepted to FILE, as JSON")
        ->type_name("FILE")
        ->take_last()
        ->group(kCommands);
    command
        .add_flag("--coprocess", options.coprocess,
                  "Keep the commands running; each answers one line for one line")
        ->group(kCommands);
}

void describe_input(CLI::App& command, BatchOptions& options) {
    command
        .add_flag_callback(
            "-0,--null", [&options] { options.separator = Separator::Nul; },
            "A NUL ends a line, here and for CMD, not a newline")
        ->group(kBatches);
    add_size(command, "--max-line", options.max_line, "Limit of a line (16M)")->group(kBatches);
}

void describe_run(CLI::App& command, BatchOptions& options) {
    add_duration(command, "--grace", options.grace, "Time to finish after the first signal (10s)")
        ->group(kCommands);
    command
        .add_option("--journal", options.journal,
                    "Write to FILE what became of each line, for --resume")
        ->type_name("FILE")
        ->take_last()
        ->group(kCommands);
    command
        .add_flag("--resume", options.resume,
                  "Skip the lines that were delivered, as --journal tells")
        ->group(kCommands);
}

/// A command without `--` in front would be words that mean nothing.
void refuse_words(CLI::App& command) {
    command.allow_extras();
    command.callback([&command] {
        const std::vector<std::string> words = command.remaining();
        if (words.empty()) {
            return;
        }
        if (words.front().starts_with('-')) {
            throw CLI::ExtrasError(words);
        }
        throw CLI::ValidationError(
            words.front(), "put -- in front of the command: runnel batch [OPTIONS] -- CMD ARGS...");
    });
}

}  // namespace

void describe_batches(CLI::App& command, BatchOptions& options) {
    describe_limits(command, options, "--batch-size", "--batch-timeout");
    describe_commands(command, options, "--batch-jobs");
}

void describe_batch(CLI::App& command, BatchOptions& options) {
    describe_input(command, options);
    describe_limits(command, options, "-n,--batch-size", "-t,--batch-timeout");
    describe_commands(command, options, "-j,--batch-jobs");
    describe_run(command, options);
    describe_schedule(command, options.cron);
    refuse_words(command);
    command.footer(
        "runnel batch [OPTIONS] -- CMD ARGS... runs CMD for each batch of lines from stdin: the\n"
        "lines are its stdin, or its arguments where an argument is {}. Its exit status accepts\n"
        "the batch (0), asks for another attempt (75), or refuses it for good (65); any other is "
        "a\n"
        "failure. Without CMD batches are printed as JSON arrays.");
    refuse_flag_values(command);
}

Result<void> check(const BatchOptions& options) {
    if (options.resume && options.journal.empty()) {
        return Error(ErrorClass::BadInput,
                     "--resume: needs --journal FILE, which tells what was "
                     "delivered");
    }
    if (!options.coprocess) {
        return {};
    }
    if (options.cmd.empty()) {
        return Error(ErrorClass::BadInput,
                     "--coprocess: there is no command; put -- CMD ARGS... at the end");
    }
    if (CommandSink::places(options.cmd) > 0) {
        return Error(ErrorClass::BadInput,
                     "--coprocess: a worker gets its lines on stdin; {} has no meaning then");
    }
    return {};
}

}  // namespace runnel
