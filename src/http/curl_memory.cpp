#include "http/curl_memory.hpp"

#include <curl/curl.h>

#include <cstdlib>
#include <cstring>

#include "base/out_of_memory.hpp"
#include "http/curl_error.hpp"

namespace runnel::http {

namespace {

char* duplicate(const char* text) noexcept {
    const std::size_t size = std::strlen(text) + 1;
    return static_cast<char*>(std::memcpy(allocate(size), text, size));
}

}  // namespace

void require_curl_memory() {
    require_curl(curl_global_init_mem(CURL_GLOBAL_DEFAULT, &allocate, &std::free, &reallocate,
                                      &duplicate, &allocate_zeroed),
                 "curl_global_init_mem");
}

}  // namespace runnel::http
