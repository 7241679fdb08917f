#include "app/options/schedule_options.hpp"

namespace runnel {

namespace {

constexpr OptionText kSplay = {
    "--splay", "D", "Delay the start by up to D, fixed for this machine",
    "Delay the start by up to D. The delay is the same for every run with the same host name, and "
    "differs between machines."};
constexpr OptionText kLock = {
    "--lock", "FILE", "Do nothing if another run holds FILE (status 75)",
    "Hold a lock on FILE (flock) during the run. If another run holds it, do nothing and exit with "
    "75."};
constexpr OptionText kPing = {
    "--ping", "URL", "Request URL/start before and URL/STATUS after the run",
    "Report the run to a monitor: request `URL/start` when it starts, and `URL/STATUS` with the "
    "exit status when it ends. A ping takes 10 seconds at most; a failed one is logged and changes "
    "nothing."};

}  // namespace

void describe_schedule(OptionSet& set, ScheduleOptions& options) {
    set.group("Scheduled runs");
    set.duration(kSplay, options.splay);
    set.name(kLock, options.lock);
    set.name(kPing, options.ping);
}

}  // namespace runnel
