#include "http/shortage.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>

#include "base/system_error.hpp"

namespace runnel::http {

Error shortage(int code) {
    const bool descriptors = code == EMFILE || code == ENFILE;
    // is_shortage() relies on this: no other error with this code has ErrorClass::Internal.
    return Error(ErrorClass::Internal,
                 fmt::format("the system lacks resources for a connection: {}{}",
                             system_message(code), descriptors ? " (see ulimit -n)" : ""),
                 CURLE_COULDNT_CONNECT);
}

bool is_shortage(const Error& error) noexcept {
    return error.error_class() == ErrorClass::Internal && error.code() == CURLE_COULDNT_CONNECT;
}

}  // namespace runnel::http
