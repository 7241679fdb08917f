#pragma once

#include "http/expect.hpp"
#include "http/request.hpp"

namespace CLI {
class App;
}

namespace runnel {

// What every command that makes requests says about each of them. Described to \a command, which
// fills the value in while it parses; both must live until then.

/// `-m`, `--connect-timeout`, `--idle-timeout`
void describe_time_limits(CLI::App& command, http::Policy& policy);
/// `--expect`
void describe_expectation(CLI::App& command, http::StatusSet& expect);

}  // namespace runnel
