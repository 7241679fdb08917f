#include "app/cli/global_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli/option_types.hpp"
#include "http/curl_client.hpp"
#include "io/loop.hpp"
#include "json/version.hpp"

namespace runnel {

namespace {

std::string version_text() {
    return fmt::format("runnel {}\n{}\nlibuv/{}\nsimdjson/{}", RUNNEL_VERSION,
                       http::CurlClient::version(), Loop::version(), simdjson_version());
}

}  // namespace

Log::Level GlobalOptions::level() const {
    if (quiet) {
        return verbosity > 0 ? Log::Level::QuietVerbose : Log::Level::Quiet;
    }
    return verbosity > 0 ? Log::Level::Verbose : Log::Level::Normal;
}

void describe_globals(CLI::App& app, GlobalOptions& options) {
    const std::string group = "Global options";
    app.add_flag("-v,--verbose", options.verbosity, "Tell more on stderr")->group(group);
    app.add_flag("-q,--quiet", options.quiet, "Nothing on stderr unless something failed")
        ->group(group);
    app.add_flag("--debug-loop", options.debug_loop,
                 "Warn of what holds the loop for over 100 ms; SIGUSR1 tells who waits")
        ->group(group);
    add_choice<Log::Format>(app, "--log-format", options.log_format,
                            {{"text", Log::Format::Text}, {"json", Log::Format::Json}},
                            "What is told on stderr is text or lines of JSON (text)")
        ->group(group);
    add_name(app, "--log-file", options.log_file, "Append it to FILE instead")
        ->type_name("FILE")
        ->group(group);
    add_choice<Color>(app, "--color", options.color,
                      {{"auto", Color::Auto}, {"always", Color::Always}, {"never", Color::Never}},
                      "Color what people read (auto: on a terminal)")
        ->group(group);
    const auto set_config = [&options](const std::string& name) { options.config = name; };
    app.add_option_function<std::string>("--config", set_config,
                                         "Read options from FILE (TOML, a table for each command)")
        ->type_name("FILE")
        ->take_last()
        ->configurable(false)
        ->group(group);
    app.set_version_flag("--version", version_text, "Print versions and exit")->group(group);
    app.set_help_flag("-h,--help", "Print help and exit")->group(group);
}

}  // namespace runnel
