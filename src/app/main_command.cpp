#include "app/main_command.hpp"

#include <fmt/format.h>

#include <locale.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "app/batch/batch_command.hpp"
#include "app/check/check_command.hpp"
#include "app/check/check_exit_status.hpp"
#include "app/cli/command_line.hpp"
#include "app/console/color.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/fetch/fetch_run.hpp"
#include "app/mock_command.hpp"
#include "app/race/ip_command.hpp"
#include "app/race/race_command.hpp"
#include "app/run/command_run.hpp"
#include "async/debug.hpp"
#include "io/standard_fds.hpp"

namespace runnel {

namespace {

constexpr CommandEntry kCommands[] = {
    {"fetch", "Fetch URLs from stdin, print their lines",
     make_command<FetchOptions, describe_fetch, run_fetch>},
    {"race", "Ask several URLs, print the first valid answer",
     make_command<RaceOptions, describe_race, run_race>},
    {"ip", "Print our public IP address, as services see it",
     make_command<IpOptions, describe_ip, run_ip>},
    {"check", "Find out whether services are up",
     make_command<CheckOptions, describe_check, run_check>},
    {"batch", "Hand lines from stdin to a command in batches",
     make_command<BatchOptions, describe_batch, run_batch>},
    {"mock", "Serve made-up answers, good and bad, over HTTP",
     make_command<MockOptions, describe_mock, run_mock>},
};

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
    const std::string why = std::generic_category().message(problem);
    std::fputs(fmt::format("runnel: stdout: {}\n", why).c_str(), stderr);
    return static_cast<int>(ExitStatus::OutputFailed);
}

Result<void> open_file(Log& log, const std::string& name) {
    return name.empty() ? Result<void>() : log.append_to(name);
}

}  // namespace

int run_main(int argc, char** argv) {
    const TimePoint started = Clock::now();
    // The input is UTF-8 whatever the environment says; libcurl reads international names by it.
    uselocale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
    const StandardFds fds = prepare_standard_fds();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const Result<CommandLine> line = parse_command_line(kCommands, arguments, environ);
    if (!line) {
        std::fputs(fmt::format("runnel: {}\n", line.error().message()).c_str(), stderr);
        return static_cast<int>(status_before_run(ExitStatus::Usage, arguments, environ));
    }
    if (!line->command) {
        return print(line->text);
    }
    Log log(line->globals.level(), line->globals.log_format,
            is_colored(line->globals.color, STDERR_FILENO));
    const Result<void> opened = open_file(log, line->globals.log_file);
    if (!opened) {
        const ExitStatus status = refuse(opened.error(), log);
        return static_cast<int>(status_before_run(status, arguments, environ));
    }
    if (fds.stdout_was_closed) {
        log.error("stdout is closed: there is nowhere to print to");
        log.release();
        return static_cast<int>(status_before_run(ExitStatus::OutputFailed, arguments, environ));
    }
    if (line->globals.debug_loop) {
        debug::enable();
    }
    const int status = line->command->run(log, started);
    if (log.failure()) {
        const std::string& why = log.failure()->message();
        std::fputs(fmt::format("runnel: --log-file: {}\n", why).c_str(), stderr);
    }
    return status;
}

}  // namespace runnel
