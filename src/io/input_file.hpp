#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// Opens \a name for reading, without waiting for the writer of a FIFO. An open descriptor
/// (`/dev/stdin`) is duplicated, so that it is read from its position. Fails with
/// ErrorClass::BadInput and errno; the message is the reason alone.
[[nodiscard]] Result<UniqueFd> open_input_file(const std::string& name);

/// Returns the number of bytes from the position of \a descriptor to the end of its file; nullopt
/// unless it is a regular file.
[[nodiscard]] std::optional<std::uint64_t> bytes_left(int descriptor) noexcept;

/// Returns \a read as a share of \a size, from 0 to 1; nullopt if \a size is unknown or 0.
[[nodiscard]] std::optional<double> share_of(std::uint64_t read,
                                             std::optional<std::uint64_t> size) noexcept;

}  // namespace runnel
