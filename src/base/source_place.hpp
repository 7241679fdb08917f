#pragma once

namespace runnel {

/// A place in the source code, for debug warnings. As a default argument here() returns the place
/// of the caller: `explicit Group(SourcePlace made = SourcePlace::here())`. Used instead of
/// std::source_location, which clang 14 cannot compile.
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
