#include "http/curl_client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "http/connecting.hpp"
#include "http/content_decoder.hpp"
#include "http/curl_error.hpp"
#include "http/retry.hpp"
#include "http/shortage.hpp"

namespace runnel::http {

namespace {

/// Maximum number of idle connections beyond the number of jobs, for runs that alternate between
/// hosts.
constexpr std::size_t kSpareConnections = 32;
/// Maximum number of generations of multi handles: the current one and old ones with slow
/// transfers.
constexpr std::size_t kMaxGenerations = 8;
/// Maximum number of pooled transfers.
constexpr std::size_t kIdleTransfers = 256;
constexpr int kProxyAuthenticationRequired = 407;

/// Returns an entry for CURLOPT_RESOLVE, `host:port:address,[address]`, with the first addresses.
std::string resolve_entry(const NamedAddresses& named, std::size_t maximum) {
    std::string entry = to_string(named.endpoint) + ':';
    for (const std::string& address : std::span(*named.addresses).first(maximum)) {
        const bool ipv6 = address.find(':') != std::string::npos;
        entry += ipv6 ? "[" + address + "]" : address;
        entry += ',';
    }
    entry.pop_back();
    return entry;
}

/// Returns the addresses that our socket can be connected to; null if they were not looked up.
const NamedAddresses* first_hop(const std::vector<NamedAddresses>& names, const Route& route) {
    const Endpoint hop = route.first_hop();
    const auto found = std::ranges::find(names, hop, &NamedAddresses::endpoint);
    return found == names.end() ? nullptr : &*found;
}

std::size_t kept_connections(std::size_t jobs, std::size_t descriptors) {
    return std::min(jobs + kSpareConnections, std::max(jobs, descriptors));
}

std::size_t generations(std::size_t jobs, std::size_t descriptors) {
    return std::clamp<std::size_t>(descriptors / kept_connections(jobs, descriptors), 1,
                                   kMaxGenerations);
}

/// Refuses the proxy, because SocketOpener cannot check the address of the target.
Error proxy_not_allowed(const Proxy& proxy) {
    return Error(ErrorClass::Blocked,
                 fmt::format("the address cannot be checked behind the proxy {}", proxy.redacted()),
                 CURLE_COULDNT_CONNECT);
}

/// A 407 to a forwarded request comes from the proxy and not from the server.
Error authentication_required(const Proxy& proxy) {
    return proxy_error(proxy, Error(ErrorClass::Proxy, "user name and password required (407)"));
}

/// Decides how often a request is sent because of connections that cannot be used, apart from
/// retries: a request that was sent is sent once more if it is idempotent.
class Repetition {
public:
    Repetition() = default;

    /// Returns whether to send \a request again after \a failed, and sets the choice for it. Counts
    /// the request that is sent once more.
    [[nodiscard]] bool next(const Request& request, const Transfer& failed, Trace& trace) {
        const Resend resend = failed.resend();
        if (resend == Resend::No) {
            return false;
        }
        if (resend == Resend::Unsent) {
            return !std::exchange(choice.fresh, true);
        }
        if (!is_idempotent(request.method) || std::exchange(repeated_, true)) {
            return false;
        }
        ++trace.attempts;
        choice.http1 = resend == Resend::OverHttp1;
        // libcurl knows itself which HTTP/2 connections take no more requests.
        choice.fresh = choice.fresh || !failed.over_http2();
        return true;
    }

    ConnectionChoice choice;

private:
    bool repeated_ = false;
};

}  // namespace

/// The response of a transfer. Returns the transfer to the pool when it is dropped.
class CurlClient::CurlResponse final : public Response {
public:
    /// \a turn as SendOptions::turn.
    CurlResponse(CurlClient& client, std::unique_ptr<Transfer> transfer, const Request& request,
                 Event* turn)
        : client_(client),
          transfer_(std::move(transfer)),
          turn_(turn),
          policy_(*request.policy),
          url_(policy_.keep_compressed_files ? request.url.text() : std::string()) {}
    CurlResponse(const CurlResponse&) = delete;
    CurlResponse& operator=(const CurlResponse&) = delete;
    ~CurlResponse() override {
        transfer_->end();
        client_.give_back(std::move(transfer_));
    }

    /// Waits for a connection to one of the addresses of \a hop.
    Task<Result<void>> connect(AddressRaces& races, const NamedAddresses& hop) {
        const std::vector<IpAddress> raced =
            co_await race_until_connected(*transfer_, races, hop.endpoint);
        keep_what_connects(*transfer_, hop, races);
        if (transfer_->ended() && transfer_->error() && !transfer_->reached()) {
            co_return with_tried(*transfer_->error(), transfer_->tried(), raced);
        }
        co_return Result<void>();
    }

    /// Waits for the headers. \a hop has the addresses to connect to; null if they were not looked
    /// up.
    Task<Result<void>> answer(AddressRaces& races, const NamedAddresses* hop) {
        if (hop != nullptr && hop->addresses->size() > 1) {
            RUNNEL_CO_TRY(co_await connect(races, *hop));
        }
        while (!transfer_->answered() && !transfer_->ended()) {
            transfer_->changed().clear();
            co_await transfer_->changed().wait();
        }
        if (transfer_->error() && !transfer_->answered()) {
            co_return *transfer_->error();
        }
        co_return Result<void>();
    }

    [[nodiscard]] const Transfer& transfer() const noexcept { return *transfer_; }
    [[nodiscard]] int status() const noexcept override { return transfer_->status(); }
    [[nodiscard]] const std::string& location() const noexcept override {
        return transfer_->location();
    }
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const override {
        return transfer_->header(name);
    }
    [[nodiscard]] Headers headers() const override { return transfer_->headers(); }
    [[nodiscard]] Duration first_byte() const override { return transfer_->first_byte(); }

    Task<Result<std::string_view>> read() override {
        for (;;) {
            Result<std::string_view> piece = decoded();
            if (!piece || !piece->empty()) {
                co_return counted(std::move(piece));
            }
            if (transfer_->take(piece_)) {
                RUNNEL_CO_TRY(choose_decoder());
                if (!decoder_) {
                    co_return counted(std::string_view(piece_));
                }
                co_await reserve_windows();
                decoder_->feed(piece_);
                continue;
            }
            if (transfer_->ended()) {
                co_return end();
            }
            transfer_->changed().clear();
            co_await transfer_->changed().wait();
        }
    }

private:
    /// Called at the first body byte, so that an unexpected status, a redirect or an empty body is
    /// handled before an unknown coding is reported.
    Result<void> choose_decoder() {
        if (reading_ || transfer_->encoding().empty()) {
            return Result<void>();
        }
        reading_ = true;
        if (is_kept_as_sent()) {
            return Result<void>();
        }
        RUNNEL_TRY_ASSIGN(ContentDecoder decoder, ContentDecoder::make(transfer_->encoding()));
        if (!decoder.identity()) {
            decoder_.emplace(std::move(decoder));
        }
        return Result<void>();
    }

    [[nodiscard]] bool is_kept_as_sent() const {
        return !policy_.compressed ||
               (policy_.keep_compressed_files &&
                is_compressed_file(transfer_->encoding(),
                                   transfer_->header("Content-Type").value_or(""), url_));
    }

    Task<void> reserve_windows() {
        if (windows_) {
            co_return;
        }
        const std::size_t bytes = decoder_->windows(piece_);
        windows_ = co_await client_.windows_.take(bytes, turn_);
    }

    Result<std::string_view> decoded() {
        return decoder_ ? decoder_->next() : Result<std::string_view>(std::string_view());
    }

    Result<std::string_view> counted(Result<std::string_view> piece) {
        if (piece) {
            size_ += piece->size();
            if (policy_.max_body > 0 && size_ > policy_.max_body) {
                return Error(ErrorClass::TooLarge,
                             fmt::format("the body is larger than {} bytes", policy_.max_body),
                             CURLE_FILESIZE_EXCEEDED);
            }
        }
        return piece;
    }

    Result<std::string_view> end() {
        if (transfer_->error()) {
            return *transfer_->error();
        }
        if (decoder_) {
            RUNNEL_TRY(decoder_->finish());
            decoder_.reset();
            windows_.reset();
        }
        return std::string_view();
    }

    CurlClient& client_;
    std::unique_ptr<Transfer> transfer_;
    Event* turn_;
    const Policy& policy_;
    std::string url_;  ///< Of the hop; empty if it is not needed.
    std::optional<WindowBudget::Share> windows_;
    std::optional<ContentDecoder> decoder_;
    bool reading_ = false;
    std::string piece_;
    std::uint64_t size_ = 0;
};

CurlClient::CurlClient(Loop& loop, std::size_t jobs, std::size_t descriptors, std::size_t windows)
    : loop_(loop),
      resolver_(loop),
      lookup_(resolver_),
      races_(loop,
             [&loop](const SocketAddress& to, std::function<void()> ended) {
                 return probe_tcp(loop, to, std::move(ended));
             }),
      windows_(windows),
      driver_(loop, kept_connections(jobs, descriptors), generations(jobs, descriptors)) {}

CurlClient::~CurlClient() = default;

Task<Result<std::unique_ptr<Response>>> CurlClient::send(const Request& request,
                                                         SendOptions options, Trace& trace) {
    Result<std::unique_ptr<Response>> response = co_await send_once(request, options, trace);
    if (!response && is_shortage(response.error()) && driver_.close_idle()) {
        response = co_await send_once(request, options, trace);
    }
    co_return response;
}

Task<Result<std::unique_ptr<Response>>> CurlClient::send_once(const Request& request,
                                                              SendOptions options, Trace& trace) {
    trace.effective_url = request.url.redacted();
    const Policy& policy = *request.policy;
    const Route route = policy.routes.route_of(request.url);
    if (policy.public_only && route.proxy != nullptr) {
        co_return not_started(trace, proxy_not_allowed(*route.proxy));
    }
    Deadline connect_by = Deadline::after(loop_.now(), policy.connect_timeout);
    const Deadline attempt_by = trace.attempt_by(request.attempt_limit());
    Result<std::vector<NamedAddresses>> names =
        co_await lookup_.find(route, policy, connect_by, attempt_by);
    if (!names) {
        co_return not_started(trace, std::move(names).error());
    }
    Repetition repetition;
    std::unique_ptr<CurlResponse> response;
    std::uint64_t generation = 0;
    for (;;) {
        std::unique_ptr<Transfer> transfer = borrow();
        transfer->set_deadlines(connect_by, attempt_by);
        start(*transfer, request, route, options, trace, *names, repetition.choice);
        generation = driver_.generation();
        response =
            std::make_unique<CurlResponse>(*this, std::move(transfer), request, options.turn);
        const Result<void> answered = co_await response->answer(races_, first_hop(*names, route));
        if (policy.cookie_file) {
            cookies_->added(response->transfer().cookies_set());
        }
        if (answered) {
            break;
        }
        if (!repetition.next(request, response->transfer(), trace)) {
            co_return answered.error();
        }
        connect_by = Deadline::after(loop_.now(), policy.connect_timeout);
    }
    for (const NamedAddresses& named : *names) {
        driver_.learned(generation, named);
    }
    if (route.is_forwarded() && response->status() == kProxyAuthenticationRequired) {
        co_return authentication_required(*route.proxy);
    }
    co_return Result<std::unique_ptr<Response>>(std::move(response));
}

Error CurlClient::not_started(Trace& trace, Error failure) const {
    trace.curl_code = failure.code();
    trace.total =
        std::chrono::duration_cast<std::chrono::microseconds>(loop_.now() - trace.started);
    return failure;
}

void CurlClient::start(Transfer& transfer, const Request& request, const Route& route,
                       SendOptions options, Trace& trace, const std::vector<NamedAddresses>& names,
                       const ConnectionChoice& choice) {
    Multi& multi = driver_.for_peer(route.peer());
    EasyHandle::Resolved resolved;
    const NamedAddresses* hop = first_hop(names, route);
    if (hop != nullptr) {
        resolved.addresses = addresses_in_order(*hop, *request.policy, races_);
    }
    for (const NamedAddresses& named : names) {
        if (!multi.knows(named)) {
            // One address is enough for libcurl if SocketOpener replaces it.
            const bool is_replaced = &named == hop && !resolved.addresses.empty();
            resolved.entries.push_back(
                resolve_entry(named, is_replaced ? 1 : named.addresses->size()));
        }
    }
    transfer.prepare(request, route, options.listener, trace, resolved, cookies(*request.policy));
    transfer.choose(choice);
    multi.add(transfer);
}

const CookieJar* CurlClient::cookies(const Policy& policy) {
    if (!policy.cookie_file) {
        return nullptr;
    }
    if (!cookies_) {
        cookies_.emplace(*policy.cookie_file);
    }
    return &*cookies_;
}

std::unique_ptr<Transfer> CurlClient::borrow() {
    if (idle_.empty()) {
        return std::make_unique<Transfer>(loop_);
    }
    std::unique_ptr<Transfer> transfer = std::move(idle_.back());
    idle_.pop_back();
    return transfer;
}

void CurlClient::give_back(std::unique_ptr<Transfer> transfer) {
    if (idle_.size() < kIdleTransfers) {
        idle_.push_back(std::move(transfer));
    }
    driver_.sweep();
}

std::string CurlClient::version() {
    const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
    std::string text = fmt::format("libcurl/{}", info->version);
    if (info->ssl_version != nullptr) {
        text += fmt::format(" {}", info->ssl_version);
    }
    if (info->nghttp2_version != nullptr) {
        text += fmt::format(" nghttp2/{}", info->nghttp2_version);
    }
    return text;
}

}  // namespace runnel::http
