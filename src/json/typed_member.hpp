#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "json/document.hpp"

namespace runnel {

// These return the value of a member if it has the right type. Errors are located() and name the
// key; \a example is shown as a valid value.

[[nodiscard]] Result<void> require_kind(const JsonMember& member, JsonValue::Kind kind,
                                        std::string_view example);
[[nodiscard]] Result<bool> boolean_of(const JsonMember& member);
[[nodiscard]] Result<std::string> string_of(const JsonMember& member, std::string_view example);
/// Returns a non-negative integer.
[[nodiscard]] Result<std::uint64_t> number_of(const JsonMember& member, std::string_view example);
/// Returns the duration in a string such as "80ms".
[[nodiscard]] Result<Duration> duration_of(const JsonMember& member);

/// Moves a successful value into \a target.
template <class Value, class Target>
[[nodiscard]] Result<void> store(Result<Value> value, Target& target) {
    RUNNEL_TRY_ASSIGN(target, std::move(value));
    return {};
}

/// Makes the error `"key" what` at the member's value.
[[nodiscard]] Error wrong(const JsonMember& member, std::string_view what);
/// Makes an error at the member's name, which is not among the names in \a known.
[[nodiscard]] Error unknown_key(const JsonMember& member, std::string_view known);

}  // namespace runnel
