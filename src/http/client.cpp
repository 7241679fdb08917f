#include "http/client.hpp"

namespace runnel::http {

Task<void> discard(Response& response) {
    constexpr std::size_t kLimit = 64 * 1024;
    std::size_t read = 0;
    while (read <= kLimit) {
        const Result<std::string_view> piece = co_await response.read();
        if (!piece || piece->empty()) {
            break;
        }
        read += piece->size();
    }
}

}  // namespace runnel::http
