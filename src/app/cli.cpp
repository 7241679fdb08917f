#include "app/cli.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <locale.h>
#include <cstdio>
#include <iostream>

#include "app/fetch.hpp"
#include "app/fetch_options.hpp"
#include "app/log.hpp"
#include "app/mock_command.hpp"
#include "http/curl_client.hpp"
#include "io/standard_fds.hpp"
#include "json/version.hpp"

namespace runnel {

namespace {

std::string version_text() {
    return fmt::format("runnel {}\n{}\nlibuv/{}\nsimdjson/{}", RUNNEL_VERSION,
                       http::CurlClient::version(), Loop::version(), simdjson_version());
}

/// The options that every command takes, before or after its name.
struct GlobalOptions {
    int verbosity = 0;
    bool quiet = false;

    [[nodiscard]] Log::Level level() const {
        if (quiet) {
            return Log::Level::Quiet;
        }
        return verbosity > 0 ? Log::Level::Verbose : Log::Level::Normal;
    }
};

void describe_globals(CLI::App& app, GlobalOptions& options) {
    app.add_flag("-v,--verbose", options.verbosity, "Tell more on stderr");
    app.add_flag("-q,--quiet", options.quiet, "Nothing on stderr unless something failed");
    app.set_version_flag("--version", version_text, "Print versions and exit");
    app.set_help_flag("-h,--help", "Print help and exit");
    app.fallthrough();
}

/// Help and versions go to stdout with 0, errors to stderr with 2.
int tell_parse_end(const CLI::App& app, const CLI::ParseError& end) {
    if (end.get_exit_code() == 0) {
        const int status = app.exit(end);
        std::cout.flush();
        return std::cout ? status : static_cast<int>(ExitStatus::OutputFailed);
    }
    std::fputs(fmt::format("runnel: {}\nTry: runnel --help\n", printable(end.what())).c_str(),
               stderr);
    return static_cast<int>(ExitStatus::Usage);
}

}  // namespace

int run_cli(int argc, char** argv) {
    const TimePoint started = Clock::now();
    // The input is UTF-8 whatever the environment says; libcurl reads international names by it.
    uselocale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
    const StandardFds fds = prepare_standard_fds();
    GlobalOptions globals;
    FetchOptions fetch_options;
    fetch_options.policy.user_agent = fmt::format("runnel/{}", RUNNEL_VERSION);

    CLI::App app("Fetches many URLs at once and feeds what comes back onward.", "runnel");
    describe_globals(app, globals);
    CLI::App* fetch = app.add_subcommand("fetch", "Fetch URLs from stdin, print their lines");
    describe_fetch(*fetch, fetch_options);
    fetch->fallthrough();
    MockOptions mock_options;
    CLI::App* mock = app.add_subcommand("mock", "Serve made-up answers, good and bad, over HTTP");
    describe_mock(*mock, mock_options);
    mock->fallthrough();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& end) {
        return tell_parse_end(app, end);
    }
    if (!fetch->parsed() && !mock->parsed()) {
        std::fputs(("runnel: say what to do\n" + app.help()).c_str(), stderr);
        return static_cast<int>(ExitStatus::Usage);
    }
    Log log(globals.level());
    if (fds.stdout_was_closed) {
        log.error("stdout is closed: there is nowhere to print to");
        log.release();
        return static_cast<int>(ExitStatus::OutputFailed);
    }
    return mock->parsed() ? run_mock(mock_options, log, started)
                          : run_fetch(fetch_options, log, started);
}

}  // namespace runnel
