#pragma once

#include <optional>

#include "app/cli/option_set.hpp"
#include "base/deadline.hpp"
#include "http/expect.hpp"
#include "http/request.hpp"

namespace runnel {

// Options about time and about success that several commands share. Added to a set, which fills the
// value in while it parses; both must live until then.

/// `-m`, `--connect-timeout`, `--idle-timeout`
void describe_time_limits(OptionSet& set, http::Policy& policy);
/// `--grace`, without which a signal ends the command at once
void describe_grace(OptionSet& set, std::optional<Duration>& grace);
/// `--max-line`, which has no effect on a command that holds bodies whole
void accept_max_line(OptionSet& set);
/// `--expect`
void describe_expectation(OptionSet& set, http::StatusSet& expect);
/// `--mock`
void describe_mock_routes(OptionSet& set, std::string& routes);

}  // namespace runnel
