#include "json/typed_member.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/parse.hpp"

namespace runnel {

Result<void> require_kind(const JsonMember& member, JsonValue::Kind kind,
                          std::string_view example) {
    if (member.value.kind == kind) {
        return {};
    }
    return wrong(member, fmt::format("needs {} such as {}, not {}", to_string(kind), example,
                                     to_string(member.value.kind)));
}

Result<bool> boolean_of(const JsonMember& member) {
    if (member.value.kind != JsonValue::Kind::Boolean) {
        return wrong(member, fmt::format("is true or false, not {}", to_string(member.value.kind)));
    }
    return member.value.truth;
}

Result<std::string> string_of(const JsonMember& member, std::string_view example) {
    RUNNEL_TRY(require_kind(member, JsonValue::Kind::String, example));
    return member.value.text;
}

Result<std::uint64_t> number_of(const JsonMember& member, std::string_view example) {
    RUNNEL_TRY(require_kind(member, JsonValue::Kind::Number, example));
    const std::string& text = member.value.text;
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end) {
        return wrong(member, fmt::format("needs a whole number such as {}, not {}", example, text));
    }
    return number;
}

Result<Duration> duration_of(const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string text, string_of(member, "\"80ms\""));
    Result<Duration> duration = parse_duration(text);
    if (!duration) {
        return located(member.value.where,
                       fmt::format("\"{}\": {}", member.name, duration.error().message()));
    }
    return duration;
}

Error wrong(const JsonMember& member, std::string_view what) {
    return located(member.value.where, fmt::format("\"{}\" {}", member.name, what));
}

Error unknown_key(const JsonMember& member, std::string_view known) {
    return located(member.where, fmt::format("unknown key \"{}\" (known: {})", member.name, known));
}

}  // namespace runnel
