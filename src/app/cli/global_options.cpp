#include "app/cli/global_options.hpp"

#include <fmt/format.h>

#include "http/curl_client.hpp"
#include "io/loop.hpp"
#include "json/structural_index.hpp"

namespace runnel {

namespace {

constexpr OptionText kVerbose = {
    "-v,--verbose", "", "Print more on stderr",
    "Print more on stderr, and at the end a summary: counts, bytes, speed, latency. `fetch` prints "
    "its summary at a terminal anyway."};
constexpr OptionText kQuiet = {
    "-q,--quiet", "", "Print nothing on stderr unless the run fails",
    "Print nothing on stderr unless the run fails; then the last 1000 lines that were held back, "
    "with `-v` also those of `-v`."};
constexpr OptionText kDebugLoop = {
    "--debug-loop", "", "Warn of callbacks that hold the loop; SIGUSR1 lists what waits",
    "Warn of each callback that holds the event loop for over 100 ms, with its place in the "
    "source. "
    "SIGUSR1 then lists what waits, and for what; without the option it ends runnel. "
    "`RUNNEL_DEBUG=1` does the same."};
constexpr OptionText kLogFormat = {
    "--log-format", "text|json", "Print the log as text or as lines of JSON (text)",
    "Print the log as text, or as one object per line with `ts`, `level` (`info`, `warning`, "
    "`error`) and `message`. Usage errors are always plain text."};
constexpr OptionText kLogFile = {
    "--log-file", "FILE", "Append the log to FILE instead of stderr",
    "Append the log to FILE instead of stderr. With `-q`, FILE gets everything at once, and stderr "
    "what it always gets. If FILE cannot be opened, nothing is started (74); if it cannot be "
    "written later, stderr says so."};
constexpr OptionText kColor = {
    "--color", "auto|always|never", "Color the log (auto: on a terminal)",
    "Color the log: errors red, warnings yellow. `auto` colors on a terminal unless `NO_COLOR` is "
    "set."};
constexpr OptionText kConfig = {"--config", "FILE", "Read options from FILE",
                                "Read options from FILE, which is TOML with one table for each "
                                "command. `-` is stdin, which then holds no URLs."};
constexpr OptionText kVersion = {
    "--version", "", "Print versions and exit",
    "Print the versions of runnel, libcurl, libuv and simdjson, and exit."};
constexpr OptionText kHelp = {"-h,--help", "", "Print help and exit"};

}  // namespace

std::string version_text() {
    return fmt::format("runnel {}\n{}\nlibuv/{}\nsimdjson/{}\n", RUNNEL_VERSION,
                       http::CurlClient::version(), Loop::version(), simdjson_version());
}

Log::Level GlobalOptions::level() const {
    if (quiet) {
        return verbosity > 0 ? Log::Level::QuietVerbose : Log::Level::Quiet;
    }
    return verbosity > 0 ? Log::Level::Verbose : Log::Level::Normal;
}

void describe_globals(OptionSet& set, GlobalOptions& options) {
    set.group("Global options");
    set.flag(kVerbose, [&options] { ++options.verbosity; });
    set.flag(kQuiet, options.quiet);
    set.flag(kDebugLoop, options.debug_loop);
    set.choice<Log::Format>(kLogFormat, options.log_format,
                            {{"text", Log::Format::Text}, {"json", Log::Format::Json}});
    set.name(kLogFile, options.log_file);
    set.choice<Color>(kColor, options.color,
                      {{"auto", Color::Auto}, {"always", Color::Always}, {"never", Color::Never}});
    set.text(kConfig, options.config).command_line_only = true;
    set.outcome_flag(kVersion, OptionSet::Outcome::Version);
    set.outcome_flag(kHelp, OptionSet::Outcome::Help);
}

}  // namespace runnel
