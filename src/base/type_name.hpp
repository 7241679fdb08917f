#pragma once

#include <string>
#include <typeinfo>

namespace runnel {

/// Returns the name of a type as written in the source, without template arguments and without the
/// namespaces of this library. For debug warnings.
[[nodiscard]] std::string type_name(const std::type_info& type);

}  // namespace runnel
