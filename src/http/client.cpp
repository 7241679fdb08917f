#include "http/client.hpp"

#include "async/timeout.hpp"

namespace runnel::http {

namespace {

constexpr std::size_t kMostDiscarded = 64 * 1024;
constexpr Duration kLongestDiscard = std::chrono::seconds(1);

Task<void> read_some(Response& response) {
    std::size_t read = 0;
    while (read <= kMostDiscarded) {
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
    const Deadline by = Deadline::after(context.scheduler->now(), kLongestDiscard);
    Task<void> reading = read_some(response);
    const bool in_time = co_await timeout(std::move(reading), by);
    static_cast<void>(in_time);  // a connection that is lost costs a new one
}

}  // namespace runnel::http
