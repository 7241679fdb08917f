#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// Stores bytes until it is known whether they are needed. They are in memory up to a limit; beyond
/// it all of them are in an unnamed file (in TMPDIR, else /tmp), which disappears with this even if
/// the program crashes.
class Spool {
public:
    /// Maximum number of bytes in memory.
    static constexpr std::size_t kInMemory = std::size_t{16} << 20;

    explicit Spool(std::size_t in_memory = kInMemory) noexcept : in_memory_(in_memory) {}

    /// Fails with ErrorClass::Sink and errno if the file cannot be created or written. Blocks while
    /// the system writes to its cache.
    [[nodiscard]] Result<void> append(std::string_view bytes);

    /// Removes and returns the next piece; empty at the end. Bytes in memory are one piece; bytes
    /// in the file are returned in pieces of 256 KiB. Fails with ErrorClass::Sink and errno. Do not
    /// append after the first call.
    [[nodiscard]] Result<std::string> take();

    /// Number of bytes that were appended and not taken.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Whether the bytes are in a file.
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
