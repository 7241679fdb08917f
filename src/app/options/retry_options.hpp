#pragma once

#include "app/cli/option_set.hpp"
#include "http/retry.hpp"

namespace runnel {

/// Adds the options about retries to \a set, which fills \a rules in while it parses; they hold the
/// command's defaults. Both must live until then.
void describe_retries(OptionSet& set, http::RetryRules& rules);

}  // namespace runnel
