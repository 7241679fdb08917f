#pragma once

#include "http/retry.hpp"

namespace CLI {
class App;
}

namespace runnel {

/// Describes the retries to \a command, which fills \a rules in while it parses; they hold the
/// command's defaults. Both must live until then.
void describe_retries(CLI::App& command, http::RetryRules& rules);

}  // namespace runnel
