#include "base/system_error.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace runnel {

std::string system_message(int code) { return std::generic_category().message(code); }

Error system_error(ErrorClass error_class, std::string what, int code) {
    if (!what.empty()) {
        what += ": ";
    }
    return Error(error_class, std::move(what) + system_message(code), code);
}

bool is_lack_of_resources(int code) noexcept {
    return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

}  // namespace runnel
