#pragma once

#include <string>

#include "app/cli/option_set.hpp"
#include "base/deadline.hpp"

namespace runnel {

/// What a command does when a timer starts it on many machines. The same for all commands that make
/// requests.
struct ScheduleOptions {
    Duration splay = Duration::zero();
    std::string lock;  ///< A file; empty if not set.
    std::string ping;  ///< A URL; empty if not set.
};

/// Adds them to \a set, which fills \a options in while it parses. Both must live until then.
void describe_schedule(OptionSet& set, ScheduleOptions& options);

}  // namespace runnel
