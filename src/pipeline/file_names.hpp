#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"

namespace runnel {

/// Gives each file of a run a unique name. The first request for a path gets it; later ones get
/// `.1`, `.2` and so on appended, as with wget. A name is either that of a file or of a folder: if
/// it is used for both, the later one gets a number, so that `a` and `a/b` can coexist. All files
/// of a renamed folder go into that folder.
///
/// Names are remembered by their hashes, about 50 bytes for each file and folder. A hash collision
/// only costs the second name a number.
///
/// If files of other runs are found by their names, a name must depend on its input only: then
/// claim() is used instead of take(), and keeps the URL of each file.
class FileNames {
public:
    /// Claims the file \a path for \a url. Fails with ErrorClass::Sink if it is claimed for another
    /// URL, which the message names.
    [[nodiscard]] Result<void> claim(std::string_view path, std::string_view url);
    /// Returns the name for \a path, a result of FileTemplate, with numbers added where needed.
    [[nodiscard]] std::string take(std::string_view path);

private:
    struct Use {
        bool folder = false;
        std::uint32_t next = 1;    ///< Next number to try for a file of this name.
        std::uint32_t number = 0;  ///< Number of the folder that replaces this one, because this is
                                   ///< a file; 0 if not set.
    };

    [[nodiscard]] std::string folder(std::string name);
    [[nodiscard]] std::string file(std::string name);

    std::unordered_map<std::uint64_t, Use> uses_;          // by the hash of the path
    std::unordered_map<std::uint64_t, std::string> urls_;  // of claim(), by the hash of the path
};

}  // namespace runnel
