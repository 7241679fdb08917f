#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "json/document.hpp"

namespace runnel {

// The value of a member as what it has to be. Failures are located() and name the key; where an
// \a example is given they show it.

[[nodiscard]] Result<void> require_kind(const JsonMember& member, JsonValue::Kind kind,
                                        std::string_view example);
[[nodiscard]] Result<bool> boolean_of(const JsonMember& member);
[[nodiscard]] Result<std::string> string_of(const JsonMember& member, std::string_view example);
/// A whole number, zero at least.
[[nodiscard]] Result<std::uint64_t> number_of(const JsonMember& member, std::string_view example);
/// A string such as "80ms".
[[nodiscard]] Result<Duration> duration_of(const JsonMember& member);

/// Puts a value where it belongs.
template <class Value, class Target>
[[nodiscard]] Result<void> store(Result<Value> value, Target& target) {
    if (!value) {
        return std::move(value).error();
    }
    target = *std::move(value);
    return {};
}

/// A failure at the member's value: `"key" what`.
[[nodiscard]] Error wrong(const JsonMember& member, std::string_view what);
/// A failure at the member's name, which is none of \a known.
[[nodiscard]] Error unknown_key(const JsonMember& member, std::string_view known);

}  // namespace runnel
