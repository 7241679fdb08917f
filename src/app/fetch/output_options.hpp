#pragma once

#include "app/cli/option_set.hpp"
#include "app/fetch/fetch_options.hpp"
#include "base/result.hpp"

namespace runnel {

/// Describes the options that say what is printed. Both must live until \a command has parsed.
void describe_output(OptionSet& set, FetchOptions& options);

/// When all is parsed: settles what follows from the options together, and reads the format of
/// `-w`. Fails with ErrorClass::BadInput where they contradict each other, naming them: an error of
/// usage.
[[nodiscard]] Result<void> resolve_output(FetchOptions& options);

}  // namespace runnel
