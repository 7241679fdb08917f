#pragma once

#include <string>

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
/// `--expect`
void describe_expectation(CLI::App& command, http::StatusSet& expect);

}  // namespace runnel
