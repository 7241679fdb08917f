#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"

namespace runnel {

/// Returns the error of an option that cannot be used. \a message begins with the option.
[[nodiscard]] inline Error usage_error(std::string message) {
    return bad_input(std::move(message));
}

}  // namespace runnel
