#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/request.hpp"
#include "json/pointer.hpp"
#include "service/extraction.hpp"

namespace runnel {

/// A service that tells from which address it was asked.
class Provider {
public:
    enum class Format { Text, Json };

    Provider() = default;

    std::string name;
    std::string url;  ///< https.
    Format format = Format::Text;
    std::string pointer;                      ///< Where the address is in JSON.
    http::Family family = http::Family::Any;  ///< Which addresses it tells.

    [[nodiscard]] Extraction extraction() const;
    /// Whether it can tell an address of \a wanted.
    [[nodiscard]] bool serves(http::Family wanted) const noexcept {
        return wanted == http::Family::Any || family == http::Family::Any || family == wanted;
    }
};

/// Those that are asked unless others are named.
[[nodiscard]] std::vector<Provider> builtin_providers();

/// Reads a list: a JSON object on each line that is neither blank nor a comment (`#`), or an array
/// of such objects. They have the members that append_json() writes; docs/cli.md describes them. A
/// failure is ErrorClass::BadInput and says `NAME:LINE:COLUMN: what`.
[[nodiscard]] Result<std::vector<Provider>> parse_providers(std::string_view text,
                                                            const std::string& name);

/// Appends \a provider to \a out as a line of such a list.
void append_json(const Provider& provider, std::string& out);

}  // namespace runnel
