#include "json/version.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace runnel {

std::string simdjson_version() {
    return fmt::format("{}.{}.{}", static_cast<int>(simdjson::SIMDJSON_VERSION_MAJOR),
                       static_cast<int>(simdjson::SIMDJSON_VERSION_MINOR),
                       static_cast<int>(simdjson::SIMDJSON_VERSION_REVISION));
}

}  // namespace runnel
