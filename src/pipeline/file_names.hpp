#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace runnel {

/// Gives each file of a run a name of its own. The first that asks for a path gets it, the next
/// ones get `.1`, `.2` and so on behind it, as with wget. Paths are remembered by their hashes,
/// some 50 bytes each: two whose hashes are equal cost the second one a number.
class FileNames {
public:
    /// \a path, which FileTemplate made, or the first numbered one that was not given yet.
    [[nodiscard]] std::string take(std::string path);

    [[nodiscard]] std::size_t size() const noexcept { return next_.size(); }

private:
    /// By the hash of a path: the number to try next.
    std::unordered_map<std::uint64_t, std::uint64_t> next_;
};

}  // namespace runnel
