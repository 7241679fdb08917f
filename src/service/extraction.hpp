#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "json/pointer.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// How to extract a value from a response body. The body has to be in memory.
class Extraction {
public:
    /// The whole body, without leading and trailing white space.
    Extraction() = default;
    /// The value at \a pointer in a JSON body: of a string its characters, otherwise JSON. Fails
    /// for null.
    explicit Extraction(JsonPointer pointer) : how_(std::move(pointer)) {}
    /// The first group of the first match; see Pattern::find().
    explicit Extraction(Pattern pattern) : how_(std::move(pattern)) {}

    /// Returns the value. Fails with ErrorClass::Extract if there is none. Skips a leading byte
    /// order mark.
    [[nodiscard]] Result<std::string> extract(std::string_view body) const;

private:
    std::variant<std::monostate, JsonPointer, Pattern> how_;
};

}  // namespace runnel
