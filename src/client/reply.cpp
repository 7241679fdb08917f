#include "client/reply.hpp"

namespace runnel {

std::optional<std::string> Reply::header(std::string_view name) const {
    for (const std::string& line : headers) {
        if (http::same_name(http::header_name(line), name)) {
            return std::string(http::header_value(line));
        }
    }
    return std::nullopt;
}

}  // namespace runnel
