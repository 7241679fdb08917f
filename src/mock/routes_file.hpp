#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mock/routes.hpp"

namespace runnel::mock {

/// Reads routes from the JSON \a text; docs/cli.md describes the format. Also reads body files,
/// which are relative to \a directory. Fails with ErrorClass::BadInput and `NAME:LINE:COLUMN:
/// what`.
[[nodiscard]] Result<Routes> parse_routes(std::string_view text, const std::string& name,
                                          const std::string& directory);

/// Reads routes from \a file; body files are relative to its directory. `-` is standard input, with
/// body files in the working directory.
[[nodiscard]] Result<Routes> load_routes(const std::string& file);

}  // namespace runnel::mock
