#pragma once

namespace runnel {

/// A place in the source, for messages to programmers. As a default argument it is the caller's
/// place: `explicit Group(SourcePlace made = SourcePlace::here())`. std::source_location would do
/// the same, but clang 14 cannot compile it.
struct SourcePlace {
    const char* file = "";
    const char* function = "";
    int line = 0;

    [[nodiscard]] static constexpr SourcePlace here(const char* file = __builtin_FILE(),
                                                    const char* function = __builtin_FUNCTION(),
                                                    int line = __builtin_LINE()) noexcept {
        return SourcePlace{file, function, line};
    }
};

}  // namespace runnel
