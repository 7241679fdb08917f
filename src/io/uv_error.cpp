#include "io/uv_error.hpp"

#include <uv.h>

#include <string>
#include <system_error>

#include "base/ensure.hpp"

namespace runnel {

void require_uv(int status, const char* call) {
    if (status < 0) {
        const std::string message = std::string(call) + ": " + uv_strerror(status);
        RUNNEL_ENSURE(status >= 0, message.c_str());
    }
}

Error uv_failure(ErrorClass error_class, std::string_view what, int status) {
    const int code = -status;
    std::string message(what);
    message += ": " + std::system_category().message(code);
    return Error(error_class, std::move(message), code);
}

}  // namespace runnel
