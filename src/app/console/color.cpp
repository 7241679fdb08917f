#include "app/console/color.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace runnel {

namespace {

/// Returns a variable of the environment; empty if it is not set.
std::string_view variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? "" : value;
}

}  // namespace

bool is_colored(Color color, int descriptor) {
    return color == Color::Always || (color == Color::Auto && ::isatty(descriptor) == 1 &&
                                      variable("NO_COLOR").empty() && variable("TERM") != "dumb");
}

}  // namespace runnel
