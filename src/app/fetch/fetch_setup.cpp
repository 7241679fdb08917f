#include "app/fetch/fetch_setup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "app/fetch/output_options.hpp"
#include "app/run/mock_network.hpp"
#include "base/read_file.hpp"

namespace runnel {

namespace {

/// In curl `--json` takes a value, which is one more argument here.
Result<void> check_json_habit(const FetchOptions& options) {
    const auto is_data = [](std::string_view argument) {
        const std::size_t begin = argument.find_first_not_of(" \t\r\n");
        return begin != std::string_view::npos &&
               std::string_view("{[\"@").find(argument[begin]) != std::string_view::npos &&
               argument.find("\"url\"") == std::string_view::npos;
    };
    if (options.format == FetchOptions::Format::Json && !options.url_template &&
        std::any_of(options.urls.begin(), options.urls.end(), is_data)) {
        return Error(ErrorClass::BadInput,
                     "--json: chooses the output here, and takes no value; to send JSON use "
                     "-d DATA -H 'Content-Type: application/json'");
    }
    return {};
}

/// A FIFO without a writer must not hold up everything else.
Result<UniqueFd> open_input(const std::string& name) {
    UniqueFd descriptor(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!descriptor || fcntl(descriptor.get(), F_SETFL, 0) != 0) {
        return Error(
            ErrorClass::BadInput,
            fmt::format("cannot open {}: {}", name, std::generic_category().message(errno)), errno);
    }
    return descriptor;
}

}  // namespace

Result<void> FetchSetup::prepare(Log& log) {
    options.policy.user_agent = options.requests.user_agent.value_or(options.policy.user_agent);
    options.policy.cookie_file = options.requests.cookie_file;
    Result<void> done = resolve_output(options);
    if (done) {
        done = resolve_transport(options.transport, options.policy);
    }
    for (const auto step :
         {&FetchSetup::open_inputs, &FetchSetup::make_maker, &FetchSetup::start_mock}) {
        if (done) {
            done = (this->*step)();
        }
    }
    return done && !options.dry_run ? open_written(log) : done;
}

Result<void> FetchSetup::open_written(Log& log) {
    Result<void> done = stats.open(options.stats_file);
    if (done) {
        done = written.dead_letters.open(options.batch.dead_letter);
    }
    if (done) {
        done = written.journal.open(options.journal, options.resume, log);
    }
    for (const auto step : {&FetchSetup::open_etags, &FetchSetup::open_folder}) {
        if (done) {
            done = (this->*step)();
        }
    }
    return done;
}

Result<void> FetchSetup::open_folder() {
    if (!options.file_template) {
        return {};
    }
    const std::string& path = options.file_template->folder();
    Result<Directory> folder = Directory::make(path);
    if (!folder) {
        return Error(ErrorClass::Sink,
                     fmt::format("--output: cannot write to {}: {}", path.empty() ? "." : path,
                                 folder.error().message()),
                     folder.error().code());
    }
    written.folder.emplace(std::move(*folder));
    return {};
}

Result<void> FetchSetup::open_etags() {
    if (options.etag_store.empty()) {
        return {};
    }
    Result<void> opened = etag_file.open(options.etag_store);
    if (!opened) {
        return opened;
    }
    Result<std::string> text = read_file(etag_file.name());
    if (!text && text.error().code() == ENOENT) {
        text = std::string();  // the first run
    }
    Result<EtagStore> etags = text ? EtagStore::read(*text) : std::move(text).error();
    if (!etags) {
        return Error(ErrorClass::BadInput,
                     fmt::format("--etag-store: {}: {} (name another file, or remove this one to "
                                 "fetch everything again)",
                                 options.etag_store, etags.error().message()));
    }
    written.etags.emplace(std::move(*etags));
    return {};
}

Result<void> FetchSetup::open_inputs() {
    for (const std::string& name : options.files) {
        Result<UniqueFd> descriptor = name == "-" ? UniqueFd() : open_input(name);
        if (!descriptor) {
            return std::move(descriptor).error();
        }
        files.push_back(InputReader::File{name, std::move(*descriptor)});
    }
    if (files.empty() && options.urls.empty()) {
        files.push_back(InputReader::File{"-", UniqueFd()});
        if (isatty(STDIN_FILENO) == 1) {
            std::fputs("runnel: reading URLs from the terminal, one a line; end with Ctrl-D\n",
                       stderr);
        }
    }
    return {};
}

Result<void> FetchSetup::make_maker() {
    Result<void> sound = check_json_habit(options);
    if (!sound) {
        return sound;
    }
    Result<RequestDefaults> defaults = request_defaults(options.requests, options.reads_stdin());
    if (!defaults) {
        return std::move(defaults).error();
    }
    maker.emplace(options.policy, std::move(*defaults), options.url_template);
    return {};
}

Result<void> FetchSetup::start_mock() {
    if (options.mock_routes == "-" && options.reads_stdin()) {
        return Error(ErrorClass::BadInput, "--mock: the routes and the URLs cannot both be stdin");
    }
    Result<std::unique_ptr<mock::MockServer>> started =
        carry_to_mock(options.mock_routes, options.policy);
    if (!started) {
        return std::move(started).error();
    }
    mock = *std::move(started);
    return {};
}

}  // namespace runnel
