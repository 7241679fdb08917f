#pragma once

#include <string>

#include "base/deadline.hpp"

namespace CLI {
class App;
}

namespace runnel {

/// What makes a command a good neighbour when a timer starts it on many machines. The same for all
/// commands that make requests.
struct ScheduleOptions {
    Duration splay = Duration::zero();
    std::string lock;  ///< A file; empty: none.
    std::string ping;  ///< A URL; empty: none.
};

/// Describes them to \a command, which fills \a options in while it parses. Both must live until
/// then.
void describe_schedule(CLI::App& command, ScheduleOptions& options);

}  // namespace runnel
