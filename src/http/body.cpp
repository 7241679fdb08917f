#include "http/body.hpp"

namespace runnel::http {

Task<Result<void>> read_to_end(Response& response) {
    for (;;) {
        RUNNEL_CO_TRY_ASSIGN(const std::string_view piece, co_await response.read());
        if (piece.empty()) {
            co_return Result<void>();
        }
    }
}

Task<Result<std::string>> read_whole(Response& response) {
    std::string body;
    for (;;) {
        RUNNEL_CO_TRY_ASSIGN(const std::string_view piece, co_await response.read());
        if (piece.empty()) {
            co_return std::move(body);
        }
        body += piece;
    }
}

}  // namespace runnel::http
