#include "app/options/schedule_options.hpp"
#include "app/cli/option_table.hpp"

namespace runnel {

void describe_schedule(OptionSet& set, ScheduleOptions& options) {
    set.group("Scheduled runs");
    set.duration(options::kSplay, options.splay);
    OptionSet::file(FileUse::Hold, set.name(options::kLock, options.lock));
    set.name(options::kPing, options.ping);
}

}  // namespace runnel
