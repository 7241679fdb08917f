#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "app/fetch.hpp"
#include "http/curl_client.hpp"
#include "http/redirect.hpp"
#include "io/standard_fds.hpp"

namespace runnel {

namespace {

/// Descriptors for everything that is no connection.
constexpr rlim_t kOtherDescriptors = 64;

/// Every job may need a connection of its own. Raises the limit as far as it may, then the jobs
/// must fit under it.
std::size_t fit_jobs(std::size_t jobs, Log& log) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return jobs;
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    // Half of the rest: idle connections are kept open as well.
    const rlim_t usable = limit.rlim_cur > kOtherDescriptors
                              ? std::max<rlim_t>((limit.rlim_cur - kOtherDescriptors) / 2, 1)
                              : 1;
    if (jobs > usable) {
        log.warn(fmt::format("{} jobs at a time instead of {}: the limit of open files is {}",
                             usable, jobs, limit.rlim_cur));
        return usable;
    }
    return jobs;
}

Result<std::vector<Inputs::File>> open_files(const FetchOptions& options) {
    std::vector<Inputs::File> files;
    for (const std::string& name : options.files) {
        UniqueFd descriptor;
        if (name != "-") {
            descriptor = UniqueFd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
            if (!descriptor) {
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

}  // namespace

int run_fetch(const FetchOptions& given, Log& log, TimePoint started) {
    FetchOptions options = given;
    options.jobs = fit_jobs(options.jobs, log);
    Result<std::vector<Inputs::File>> files = open_files(options);
    if (!files) {
        log.error(files.error().message());
        log.release();
        return static_cast<int>(ExitStatus::Usage);
    }
    ExitStatus status = ExitStatus::Success;
    bool lookups_hang = false;
    {
        Loop loop;
        Output output(loop, STDOUT_FILENO);
        http::CurlClient network(loop, options.jobs);
        http::RedirectClient client(network);
        Inputs inputs(loop, options.policy, options.max_line, options.urls, std::move(*files));
        Fetch fetch(loop, options, client, inputs, output, log, started);
        status = run(loop, fetch.run());
        lookups_hang = network.lookups_running();
    }
    if (status != ExitStatus::Success && status != ExitStatus::ReaderGone) {
        log.release();
    }
    if (lookups_hang) {
        // A look-up cannot be cancelled, and its thread must not meet the end of the process.
        std::fflush(nullptr);
        _exit(static_cast<int>(status));
    }
    return static_cast<int>(status);
}

}  // namespace runnel
