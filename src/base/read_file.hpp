#pragma once

#include <string>

#include "base/result.hpp"

namespace runnel {

/// Reads the whole file \a path, or standard input if it is `-`. Blocks. Errors are
/// ErrorClass::BadInput with the errno, and the message is `cannot read PATH: REASON`.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace runnel
