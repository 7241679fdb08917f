#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "json/pointer.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// Where in the body of an answer its value is. For bodies of moderate size, which are held.
class Extraction {
public:
    /// All of it, without white space around it: the default.
    Extraction() = default;
    /// The value at a place in JSON: a string without quotes and escapes, anything else as JSON;
    /// but null is none.
    explicit Extraction(JsonPointer pointer) : how_(std::move(pointer)) {}
    /// The first group of the first match; see Pattern::find.
    explicit Extraction(Pattern pattern) : how_(std::move(pattern)) {}

    /// The value. Fails with ErrorClass::Extract when it is not there. A byte order mark before the
    /// body is passed over.
    [[nodiscard]] Result<std::string> take(std::string_view body) const;

private:
    std::variant<std::monostate, JsonPointer, Pattern> how_;
};

}  // namespace runnel
