#pragma once

#include "app/cli/option_set.hpp"

/// The rows of option_table.def, `options::kJobs` and so on.
namespace runnel::options {

#define OPTION(name, ...) inline constexpr OptionText k##name = {__VA_ARGS__};
#include "app/cli/option_table.def"
#undef OPTION

}  // namespace runnel::options
