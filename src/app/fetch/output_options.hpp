#pragma once

#include "app/cli/option_set.hpp"
#include "app/fetch/fetch_options.hpp"

namespace runnel {

/// Describes the options that choose what is printed. Both must outlive the parsing.
void describe_output(OptionSet& set, FetchOptions& options);

}  // namespace runnel
