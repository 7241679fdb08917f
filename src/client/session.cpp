#include "client/session.hpp"

#include <utility>

#include "http/body.hpp"
#include "http/curl_client.hpp"
#include "http/framing.hpp"

namespace runnel {

namespace {

/// Default maximum size of a response body (bytes).
constexpr std::uint64_t kDefaultMaxBody = std::uint64_t{16} << 20U;
/// Number of idle connections kept open in addition to those in use.
constexpr std::size_t kIdleConnections = 64;

}  // namespace

SessionOptions::SessionOptions() {
    policy.max_body = kDefaultMaxBody;
    policy.user_agent = "runnel/" RUNNEL_VERSION;
    retry.retries = 2;
}

Session::Session(Loop& loop, SessionOptions options)
    : options_(std::move(options)),
      own_network_(std::make_unique<http::CurlClient>(loop, options_.concurrency,
                                                      options_.concurrency + kIdleConnections)),
      admission_(*own_network_, AdmissionLimits(options_.concurrency, options_.per_origin),
                 options_.retry, loop),
      client_(admission_),
      retrier_(options_.retry, loop,
               [this](const std::string& origin) { return admission_.paused_until(origin); }) {}

Session::Session(Scheduler& scheduler, http::Client& network, SessionOptions options)
    : options_(std::move(options)),
      admission_(network, AdmissionLimits(options_.concurrency, options_.per_origin),
                 options_.retry, scheduler),
      client_(admission_),
      retrier_(options_.retry, scheduler,
               [this](const std::string& origin) { return admission_.paused_until(origin); }) {}

Session::~Session() = default;

Result<http::Request> Session::request(std::string_view url) const {
    RUNNEL_TRY_ASSIGN(http::Url target, http::Url::parse(url));
    return http::Request(std::move(target), options_.policy);
}

Task<Result<Reply>> Session::get(std::string url) {
    RUNNEL_CO_TRY_ASSIGN(http::Request request, this->request(url));
    co_return co_await send(std::move(request));
}

Task<Result<Reply>> Session::send(http::Request request) {
    http::Trace trace;
    const auto attempt = [&] { return this->attempt(request, trace); };
    Result<Reply> reply = co_await retrier_.run(request, trace, attempt, http::Retrier::sleep);
    if (reply) {
        reply->trace = std::move(trace);
    }
    co_return reply;
}

/// Waits for the headers of a response; an unexpected status is an error.
Session::Responding Session::respond(const http::Request& request, http::Trace& trace) {
    RUNNEL_CO_TRY(http::check_framing(request.headers, request.body.size()));
    Result<std::unique_ptr<http::Response>> response =
        co_await client_.send(request, http::SendOptions(), trace);
    if (response && !options_.expect.contains((*response)->status())) {
        co_await http::discard(**response);
        co_return http::unexpected_status(**response, options_.policy);
    }
    co_return response;
}

Task<Result<Reply>> Session::attempt(const http::Request& request, http::Trace& trace) {
    RUNNEL_CO_TRY_ASSIGN(const auto response, co_await respond(request, trace));
    Reply reply;
    reply.status = response->status();
    reply.headers = response->headers();
    RUNNEL_CO_TRY_ASSIGN(reply.body, co_await http::read_whole(*response));
    co_return reply;
}

Task<Result<Download>> Session::open(std::string url) {
    RUNNEL_CO_TRY_ASSIGN(const http::Request request, this->request(url));
    auto trace = std::make_unique<http::Trace>();
    RUNNEL_CO_TRY_ASSIGN(auto response, co_await respond(request, *trace));
    co_return Download(std::move(trace), std::move(response));
}

}  // namespace runnel
