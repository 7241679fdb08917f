#include "http/shortage.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "base/system_error.hpp"

namespace runnel::http {

Error shortage(int code) {
    const bool descriptors = code == EMFILE || code == ENFILE;
    // One code for all, so that it cannot be a CURLcode: libcurl does not use this number.
    return Error(ErrorClass::Internal,
                 fmt::format("the system lacks resources for a connection: {}{}",
                             system_message(code), descriptors ? " (see ulimit -n)" : ""),
                 EMFILE);
}

bool is_shortage(const Error& error) noexcept {
    return error.error_class() == ErrorClass::Internal && error.code() == EMFILE;
}

}  // namespace runnel::http
