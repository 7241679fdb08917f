#include "app/main_command.hpp"

#include <fmt/format.h>

#include <locale.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <exception>

#include "app/batch/batch_command.hpp"
#include "app/check/check_command.hpp"
#include "app/cli/command_line.hpp"
#include "app/console/color.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/console/memory_failure.hpp"
#include "app/fetch/fetch_command.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/mock_command.hpp"
#include "app/race/ip_command.hpp"
#include "app/race/race_command.hpp"
#include "app/run/run_context.hpp"
#include "async/debug.hpp"
#include "base/system_error.hpp"
#include "http/curl_memory.hpp"
#include "io/first_process.hpp"
#include "io/loop.hpp"
#include "io/standard_fds.hpp"

namespace runnel {

namespace {

constexpr CommandEntry kCommands[] = {
    {"fetch",
     "Fetch URLs from stdin and print their lines",
     "[URL...] [-- CMD ARGS...]",
     "With -- CMD ARGS... the output goes to CMD in batches of lines, as with runnel batch.",
     {{{"runnel fetch --json --retry 3 < urls.txt > records.ndjson",
        "Fetch a list of URLs and keep a record of each"},
       {"tail -f urls.txt | runnel fetch -j 20 --extract /user/name",
        "Print a value of each JSON document as the URLs arrive"}}},
     make_command<FetchOptions, describe_fetch, run_fetch>},
    {"race",
     "Ask several URLs and print the first valid answer",
     "SOURCE... [-- CMD ARGS...]",
     "With --change-file, CMD runs when the value has changed.",
     {{{"runnel race a=https://a.example/ip b=https://b.example/ip",
        "Print the answer of the faster service"},
       {"runnel race --quorum 2 --extract /rate https://{a,b,c}.example/rate.json",
        "Print the value that two of three services agree on"}}},
     make_command<RaceOptions, describe_race, run_race>},
    {"ip",
     "Print the public IP address of this machine",
     "[-- CMD ARGS...]",
     "With --change-file, CMD runs when the address has changed.",
     {{{"runnel ip", "Print the address"},
       {"runnel ip -6 --fallback none --deadline 2s",
        "Print the IPv6 address, or none after two seconds"}}},
     make_command<IpOptions, describe_ip, run_ip>},
    {"check",
     "Check whether services are up",
     "TARGET... [-- CMD ARGS...]",
     "With -- CMD ARGS... runnel becomes CMD when all targets are up.",
     {{{"runnel check https://shop.example/health tcp://db.example:5432",
        "Check two services; the exit status is 1 if one is down"},
       {"runnel check --wait 30s http://localhost:8080/ready -- ./integration-tests",
        "Start the tests when the server is ready"}}},
     make_command<CheckOptions, describe_check, run_check>},
    {"batch",
     "Pass lines from stdin to a command in batches",
     "[-- CMD ARGS...]",
     "CMD runs for each batch: the lines are its stdin, or its arguments where an argument is {}. "
     "Its exit status accepts the batch (0), asks for another attempt (75) or rejects it for good "
     "(65); any other is a failure, which is retried. Without CMD, batches are printed as JSON "
     "arrays.",
     {{{"producer | runnel batch -n 500 -t 2s -- ./import",
        "Import lines 500 at a time, and at least every two seconds"},
       {"find . -name '*.log' | runnel batch -j 4 -- gzip -- {}",
        "Compress files with four commands at a time"}}},
     make_command<BatchOptions, describe_batch, run_batch>},
    {"mock",
     "Serve made-up answers, good and bad, over HTTP",
     "[ROUTES]",
     "",
     {{{"runnel mock --demo", "Serve the built-in routes, and print the address"},
       {"runnel mock --listen 127.0.0.1:8080 routes.json", "Serve the routes of a file"}}},
     make_command<MockOptions, describe_mock, run_mock>},
};

constexpr const char* kNowhereToPrint = "stdout is closed: there is nowhere to print to";

int print(const std::string& text) {
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    const int problem = errno;
    if (written) {
        return static_cast<int>(ExitStatus::Success);
    }
    if (problem == EPIPE) {
        return static_cast<int>(ExitStatus::ReaderGone);
    }
    std::fputs(fmt::format("runnel: stdout: {}\n", system_message(problem)).c_str(), stderr);
    return static_cast<int>(ExitStatus::OutputFailed);
}

Result<void> open_file(Log& log, const std::string& name) {
    return name.empty() ? Result<void>() : log.append_to(name);
}

/// Parses the command line, runs the command, and returns the exit status.
int run_arguments(int argc, char** argv) {
    const TimePoint started = Clock::now();
    // The input is UTF-8 whatever the environment says; libcurl reads international names by it.
    uselocale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
    const StandardFds fds = prepare_standard_fds();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const CommandLine line = parse_command_line(kCommands, arguments, environ);
    const auto before_run = [&line](ExitStatus status) {
        return static_cast<int>(line.command ? line.command->status_before_run(status) : status);
    };
    if (!line.refusal.empty()) {
        const std::string why = line.refusal.substr(0, line.refusal.find('\n'));
        static_cast<void>(print(line.command ? line.command->text_before_run(why) : ""));
        std::fputs(fmt::format("runnel: {}\n", line.refusal).c_str(), stderr);
        return before_run(ExitStatus::Usage);
    }
    if (!line.command && !fds.stdout_was_closed) {
        return print(line.text);
    }
    if (!line.command) {
        std::fputs(fmt::format("runnel: {}\n", kNowhereToPrint).c_str(), stderr);
        return static_cast<int>(ExitStatus::OutputFailed);
    }
    Log log(line.globals.level(), line.globals.log_format,
            is_colored(line.globals.color, STDERR_FILENO));
    const Result<void> opened = open_file(log, line.globals.log_file);
    if (!opened) {
        static_cast<void>(print(line.command->text_before_run(opened.error().message())));
        return before_run(refuse(opened.error(), log));
    }
    if (fds.stdout_was_closed) {
        log.error(kNowhereToPrint);
        log.release();
        return before_run(ExitStatus::OutputFailed);
    }
    if (line.globals.debug_loop) {
        debug::enable();
    }
    http::require_curl_memory();
    const int status = line.command->run(log, started);
    if (log.failure()) {
        const std::string& why = log.failure()->message();
        std::fputs(fmt::format("runnel: --log-file: {}\n", why).c_str(), stderr);
    }
    return status;
}

}  // namespace

int run_main(int argc, char** argv) {
    end_on_memory_failure();
    end_on_signals_as_first_process();
    Loop::require_memory();
    try {
        return run_arguments(argc, argv);
    } catch (const std::exception& bug) {
        std::fputs(fmt::format("runnel: bug: {}; please report it\n", bug.what()).c_str(), stderr);
        return static_cast<int>(ExitStatus::Internal);
    }
}

}  // namespace runnel
