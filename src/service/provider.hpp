#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/request.hpp"
#include "json/pointer.hpp"
#include "service/extraction.hpp"

namespace runnel {

/// A web service that returns the public IP address of its client.
class Provider {
public:
    enum class Format { Text, Json };

    Provider() = default;

    std::string name;
    std::string url;  ///< Must be https.
    Format format = Format::Text;
    std::string pointer;                      ///< JSON pointer to the address.
    http::Family family = http::Family::Any;  ///< Of the addresses it returns.

    [[nodiscard]] Extraction extraction() const;
    /// Whether it can return an address of family \a wanted.
    [[nodiscard]] bool serves(http::Family wanted) const noexcept {
        return wanted == http::Family::Any || family == http::Family::Any || family == wanted;
    }
};

/// The default providers.
[[nodiscard]] std::vector<Provider> builtin_providers();

/// Reads a list of providers: a JSON object per line, with blank lines and `#` comments, or an
/// array of such objects. docs/cli.md describes their members. Fails with ErrorClass::BadInput and
/// `NAME:LINE:COLUMN: what`.
[[nodiscard]] Result<std::vector<Provider>> parse_providers(std::string_view text,
                                                            const std::string& name);

/// Appends \a provider to \a out as a line that parse_providers() reads.
void append_json(const Provider& provider, std::string& out);

}  // namespace runnel
