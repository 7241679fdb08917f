#pragma once

#include <cstddef>

namespace runnel {

/// How many connections the limit of open files leaves room for, raised as far as it may be.
std::size_t room_for_connections();

}  // namespace runnel
