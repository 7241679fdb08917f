#include "app/cli/global_options.hpp"

#include <fmt/format.h>

#include "app/cli/option_table.hpp"
#include "http/curl_client.hpp"
#include "io/loop.hpp"
#include "json/structural_index.hpp"

namespace runnel {

std::string version_text() {
    return fmt::format("runnel {}\n{}\nlibuv/{}\nsimdjson/{}\n", RUNNEL_VERSION,
                       http::CurlClient::version(), Loop::version(), simdjson_version());
}

LogLevel GlobalOptions::level() const {
    if (quiet) {
        return verbosity > 0 ? LogLevel::QuietVerbose : LogLevel::Quiet;
    }
    return verbosity > 0 ? LogLevel::Verbose : LogLevel::Normal;
}

void describe_globals(OptionSet& set, GlobalOptions& options) {
    set.group("Global options");
    set.flag(options::kVerbose, [&options] { ++options.verbosity; });
    set.flag(options::kQuiet, options.quiet);
    set.flag(options::kDebugLoop, options.debug_loop);
    set.choice<LogFormat>(options::kLogFormat, options.log_format,
                          {{"text", LogFormat::Text}, {"json", LogFormat::Json}});
    OptionSet::file(FileUse::Log, set.name(options::kLogFile, options.log_file));
    set.choice<Color>(options::kColor, options.color,
                      {{"auto", Color::Auto}, {"always", Color::Always}, {"never", Color::Never}});
    OptionSet::file(FileUse::Read, set.text(options::kConfig, options.config)).command_line_only =
        true;
    set.outcome_flag(options::kVersion, OptionSet::Outcome::Version);
    set.outcome_flag(options::kHelp, OptionSet::Outcome::Help);
}

}  // namespace runnel
