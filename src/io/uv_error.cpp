#include "io/uv_error.hpp"

#include <uv.h>

#include <string>

#include "base/ensure.hpp"

namespace runnel {

void require_uv(int status, const char* call) {
    if (status < 0) {
        const std::string message = std::string(call) + ": " + uv_strerror(status);
        RUNNEL_ENSURE(status >= 0, message.c_str());
    }
}

}  // namespace runnel
