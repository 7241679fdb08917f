#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// Bytes that are held until it is known whether anybody wants them. They are in memory; past a
/// limit all of them are in a file without a name (in TMPDIR, else /tmp), which is gone with this
/// whatever happens.
class Spool {
public:
    static constexpr std::size_t kInMemory = std::size_t{16} << 20;

    explicit Spool(std::size_t in_memory = kInMemory) noexcept : in_memory_(in_memory) {}

    /// Fails with ErrorClass::Sink and errno when the file cannot be made or written. Blocks as
    /// long as the system takes to write to its cache.
    [[nodiscard]] Result<void> append(std::string_view bytes);

    /// Takes what was appended, piece after piece; empty at the end. What is in memory comes as one
    /// piece, what is in the file in pieces of 256 KiB. Fails with ErrorClass::Sink and errno.
    /// Nothing may be appended from the first call on.
    [[nodiscard]] Result<std::string> take();

    /// Bytes that were appended and not taken.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Whether they are in a file.
    [[nodiscard]] bool spilled() const noexcept { return static_cast<bool>(file_); }

private:
    [[nodiscard]] Result<void> spill();
    [[nodiscard]] Result<void> write(std::string_view bytes);

    std::size_t in_memory_;
    std::string memory_;
    UniqueFd file_;
    std::uint64_t size_ = 0;
    std::uint64_t taken_ = 0;
};

}  // namespace runnel
