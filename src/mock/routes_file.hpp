#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mock/routes.hpp"

namespace runnel::mock {

/// Reads routes from the JSON \a text; docs/cli.md describes the format. A failure is
/// ErrorClass::BadInput and says `NAME:LINE:COLUMN: what`. Files of bodies are read here, from
/// \a directory.
[[nodiscard]] Result<Routes> parse_routes(std::string_view text, const std::string& name,
                                          const std::string& directory);

/// The same with a file, whose directory is that of the bodies; `-` is standard input, and the
/// bodies are in the working directory.
[[nodiscard]] Result<Routes> load_routes(const std::string& file);

}  // namespace runnel::mock
