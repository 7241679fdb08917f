#include "app/options/schedule_options.hpp"

#include <CLI/CLI.hpp>

#include "app/cli/option_types.hpp"

namespace runnel {

void describe_schedule(CLI::App& command, ScheduleOptions& options) {
    const std::string group = "Under cron";
    add_duration(command, "--splay", options.splay,
                 "Begin up to so long later, each machine at a time of its own (0)")
        ->group(group);
    add_name(command, "--lock", options.lock, "Do nothing while another run holds this file (75)")
        ->type_name("FILE")
        ->group(group);
    add_name(command, "--ping", options.ping,
             "Ask for URL/start before, and for URL/STATUS after the run")
        ->type_name("URL")
        ->group(group);
}

}  // namespace runnel
