#include "http/client.hpp"

#include "async/timeout.hpp"

namespace runnel::http {

namespace {

/// Maximum number of body bytes, and maximum time, to spend on saving a connection.
constexpr std::size_t kMaxDiscarded = 64 * 1024;
constexpr Duration kMaxDiscardTime = std::chrono::seconds(1);

Task<void> read_some(Response& response) {
    std::size_t read = 0;
    while (read <= kMaxDiscarded) {
        const Result<std::string_view> piece = co_await response.read();
        if (!piece || piece->empty()) {
            break;
        }
        read += piece->size();
    }
}

}  // namespace

Task<void> discard(Response& response) {
    const Context& context = co_await this_task::context();
    const Deadline by = Deadline::after(context.scheduler->now(), kMaxDiscardTime);
    Task<void> reading = read_some(response);
    const bool in_time = co_await timeout(std::move(reading), by);
    static_cast<void>(in_time);  // otherwise the next request opens a new connection
}

}  // namespace runnel::http
