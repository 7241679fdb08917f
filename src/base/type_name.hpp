#pragma once

#include <string>
#include <typeinfo>

namespace runnel {

/// The name of a type as one would write it, short: without what template arguments it has, and
/// without our own namespaces. For messages to programmers.
[[nodiscard]] std::string type_name(const std::type_info& type);

}  // namespace runnel
