#pragma once

#include <memory>
#include <vector>

#include "app/cli/option_set.hpp"

namespace runnel {

/// Checks the files that the options \a rows were given. Fails with ErrorClass::BadInput if a file
/// that has to be held is stdin or stdout, or if two options name the same regular file and one of
/// them writes it. stdin counts as the file of an option that reads `-`.
[[nodiscard]] Result<void> check_files(const std::vector<std::unique_ptr<OptionSet::Row>>& rows);

}  // namespace runnel
