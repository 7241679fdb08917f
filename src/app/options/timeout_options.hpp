#pragma once

#include <optional>
#include <string>

#include "base/deadline.hpp"
#include "http/expect.hpp"
#include "http/request.hpp"

namespace CLI {
class App;
}

namespace runnel {

// What every command that makes requests says about each of them. Described to \a command, which
// fills the value in while it parses; both must live until then.

/// `-m`, whose default is told as \a max_time, `--connect-timeout`, `--idle-timeout`
void describe_time_limits(CLI::App& command, http::Policy& policy,
                          const std::string& max_time = "none");
/// `--grace`, without which a signal ends the command at once
void describe_grace(CLI::App& command, std::optional<Duration>& grace);
/// `--max-line`, which is of no use to a command that holds bodies whole
void accept_max_line(CLI::App& command);
/// `--expect`
void describe_expectation(CLI::App& command, http::StatusSet& expect);

}  // namespace runnel
