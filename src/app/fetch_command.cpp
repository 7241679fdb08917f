#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "app/descriptors.hpp"
#include "app/dry_run.hpp"
#include "app/fetch.hpp"
#include "http/curl_client.hpp"
#include "http/redirect.hpp"
#include "io/standard_fds.hpp"

namespace runnel {

namespace {

/// Every job may need a connection of its own.
std::size_t fit_jobs(std::size_t jobs, std::size_t descriptors, Log& log) {
    if (jobs > descriptors) {
        log.warn(fmt::format("{} jobs at a time instead of {}: more files may not be open",
                             descriptors, jobs));
    }
    return std::min(jobs, descriptors);
}

/// Sends a log's lines to an output while it lives.
class LogsTo {
public:
    LogsTo(Log& log, Output& output) noexcept : log_(log) { log_.write_to(&output); }
    LogsTo(const LogsTo&) = delete;
    LogsTo& operator=(const LogsTo&) = delete;
    ~LogsTo() { log_.write_to(nullptr); }

private:
    Log& log_;
};

Result<std::vector<Inputs::File>> open_files(const FetchOptions& options) {
    std::vector<Inputs::File> files;
    for (const std::string& name : options.files) {
        UniqueFd descriptor;
        if (name != "-") {
            // A FIFO without a writer must not hold up everything else.
            descriptor = UniqueFd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
            if (!descriptor || fcntl(descriptor.get(), F_SETFL, 0) != 0) {
                return Error(
                    ErrorClass::BadInput,
                    fmt::format("cannot open {}: {}", name, std::generic_category().message(errno)),
                    errno);
            }
        }
        files.push_back(Inputs::File{name, std::move(descriptor)});
    }
    if (files.empty() && options.urls.empty()) {
        files.push_back(Inputs::File{"-", UniqueFd()});
        if (isatty(STDIN_FILENO) == 1) {
            std::fputs("runnel: reading URLs from the terminal, one a line; end with Ctrl-D\n",
                       stderr);
        }
    }
    return files;
}

/// Opened before anything starts, so that a wrong name is told in time.
Result<UniqueFd> open_stats(const std::string& name) {
    UniqueFd file(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file) {
        return Error(ErrorClass::Sink,
                     fmt::format("--stats: cannot write {}: {}", name,
                                 std::generic_category().message(errno)),
                     errno);
    }
    return file;
}

ExitStatus write_stats(std::string_view text, int file, Log& log) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            log.error(fmt::format("--stats: {}", std::generic_category().message(errno)));
            return ExitStatus::OutputFailed;
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return ExitStatus::Success;
}

/// In curl `--json` takes a value, which is one more argument here.
Result<void> check_json_habit(const FetchOptions& options) {
    const auto is_data = [](std::string_view argument) {
        const std::size_t begin = argument.find_first_not_of(" \t\r\n");
        return begin != std::string_view::npos &&
               std::string_view("{[\"@").find(argument[begin]) != std::string_view::npos &&
               argument.find("\"url\"") == std::string_view::npos;
    };
    if (options.form == FetchOptions::Form::Json && !options.url_template &&
        std::any_of(options.urls.begin(), options.urls.end(), is_data)) {
        return Error(ErrorClass::BadInput,
                     "--json: chooses the output here, and takes no value; to send JSON use "
                     "-d DATA -H 'Content-Type: application/json'");
    }
    return {};
}

/// What makes requests of the inputs. Its policy is that of \a options.
Result<RequestMaker> make_requests(const FetchOptions& options) {
    Result<void> sound = check_json_habit(options);
    if (!sound) {
        return std::move(sound).error();
    }
    Result<RequestDefaults> defaults = request_defaults(options.requests, options.reads_stdin());
    if (!defaults) {
        return std::move(defaults).error();
    }
    return RequestMaker(options.policy, std::move(*defaults), options.url_template);
}

/// A look-up cannot be cancelled, and its thread must not meet the end of the process.
[[noreturn]] void leave_at_once(ExitStatus status) {
    std::fflush(nullptr);
    _exit(static_cast<int>(status));
}

int refuse(const Error& error, ExitStatus status, Log& log) {
    log.error(error.message());
    log.release();
    return static_cast<int>(status);
}

}  // namespace

int run_fetch(const FetchOptions& given, Log& log, TimePoint started) {
    FetchOptions options = given;
    const Result<void> settled = settle_transport(options.transport, options.policy);
    if (!settled) {
        log.error(settled.error().message());
        log.release();
        return static_cast<int>(ExitStatus::Usage);
    }
    const std::size_t descriptors = room_for_connections();
    options.jobs = fit_jobs(options.jobs, descriptors, log);
    Result<std::vector<Inputs::File>> files = open_files(options);
    if (!files) {
        return refuse(files.error(), ExitStatus::Usage, log);
    }
    options.policy.user_agent = options.requests.user_agent.value_or(options.policy.user_agent);
    const Result<RequestMaker> maker = make_requests(options);
    if (!maker) {
        return refuse(maker.error(), ExitStatus::Usage, log);
    }
    Result<UniqueFd> stats_file =
        options.stats_file.empty() || options.dry_run ? UniqueFd() : open_stats(options.stats_file);
    if (!stats_file) {
        return refuse(stats_file.error(), ExitStatus::OutputFailed, log);
    }
    ExitStatus status = ExitStatus::Success;
    bool lookups_hang = false;
    try {
        Loop loop;
        Output output(loop, STDOUT_FILENO);
        Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
        const LogsTo logs_to(log, errors);
        http::CurlClient network(loop, options.jobs, descriptors);
        Inputs inputs(loop, *maker, options.urls, std::move(*files), options.separator);
        if (options.dry_run) {
            DryRun dry_run(loop, options, *maker, inputs, output, log, started);
            status = run(loop, dry_run.run());
        } else {
            Fetch fetch(loop, options, network, inputs, output, log, started);
            status = run(loop, fetch.run());
            if (*stats_file) {
                status = more_telling(status, write_stats(fetch.stats(), stats_file->get(), log));
            }
        }
        lookups_hang = network.lookups_running();
    } catch (const std::system_error& failure) {
        // The threads that read and write could not be started.
        log.error(fmt::format("the system has no room: {}", failure.what()));
        status = ExitStatus::Failed;
    }
    if (status != ExitStatus::Success && status != ExitStatus::ReaderGone) {
        log.release();
    }
    if (lookups_hang) {
        leave_at_once(status);
    }
    return static_cast<int>(status);
}

}  // namespace runnel
