#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace runnel {

/// Gives each file of a run a name of its own. The first that asks for a path gets it, the next
/// ones get `.1`, `.2` and so on behind it, as with wget. A name is that of a file or of a folder:
/// who comes second with the other one gets a number as well, so that `a` and `a/b` can be side by
/// side. All files of a folder that was numbered go there.
///
/// Names are remembered by their hashes, some 50 bytes for each file and folder: two whose hashes
/// are equal cost the second one a number.
class FileNames {
public:
    /// \a path, which FileTemplate made, with numbers where it needs them.
    [[nodiscard]] std::string take(std::string_view path);

private:
    struct Use {
        bool folder = false;
        std::uint32_t next = 1;    ///< The number to try next for a file of this name.
        std::uint32_t number = 0;  ///< That of the folder of this name, which is a file's; 0: none.
    };

    [[nodiscard]] std::string folder(std::string name);
    [[nodiscard]] std::string file(std::string name);

    std::unordered_map<std::uint64_t, Use> uses_;  // by the hash of a path
};

}  // namespace runnel
