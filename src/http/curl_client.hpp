#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/address_lookup.hpp"
#include "http/address_races.hpp"
#include "http/client.hpp"
#include "http/cookie_jar.hpp"
#include "http/multi_driver.hpp"
#include "http/resolver.hpp"
#include "http/transfer.hpp"
#include "http/window_budget.hpp"
#include "io/loop.hpp"

namespace runnel::http {

/// Sends requests over the network by libcurl, one hop per send(): RedirectClient follows
/// redirects, so that look-up, admission and address checks apply to every hop.
///
/// Must outlive its responses; the loop must outlive it.
class CurlClient final : public Client {
public:
    /// \a jobs is the number of concurrent transfers; \a descriptors is the maximum number of
    /// connections, including idle ones, that the limit of open files allows. \a windows is the
    /// memory (bytes) for the windows of all bodies in brotli and zstd together. With a limit, a
    /// response may wait for another one to be read, or for its turn (SendOptions::turn).
    CurlClient(Loop& loop, std::size_t jobs, std::size_t descriptors,
               std::size_t windows = WindowBudget::kUnlimited);
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;
    ~CurlClient() override;

    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                               SendOptions options,
                                                               Trace& trace) override;

    /// Whether name look-ups are in progress. They cannot be cancelled, so a program that ends then
    /// must do so without waiting for threads.
    [[nodiscard]] bool lookups_running() const { return resolver_.lookups_running() > 0; }

    /// Returns the versions of libcurl and its TLS and HTTP/2 libraries, for --version.
    [[nodiscard]] static std::string version();

private:
    class CurlResponse;

    /// Like send(), but fails if the system lacks resources for a connection. send() then calls
    /// this again if it could close idle connections.
    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send_once(const Request& request,
                                                                    SendOptions options,
                                                                    Trace& trace);
    /// Returns \a failure, which occurred before the transfer, and fills in the trace.
    [[nodiscard]] Error not_started(Trace& trace, Error failure) const;
    void start(Transfer& transfer, const Request& request, const Route& route, SendOptions options,
               Trace& trace, const std::vector<NamedAddresses>& names,
               const ConnectionChoice& choice);
    [[nodiscard]] const CookieJar* cookies(const Policy& policy);
    [[nodiscard]] std::unique_ptr<Transfer> borrow();
    void give_back(std::unique_ptr<Transfer> transfer);

    Loop& loop_;
    Resolver resolver_;
    AddressLookup lookup_;
    AddressRaces races_;
    std::optional<CookieJar> cookies_;
    WindowBudget windows_;
    MultiDriver driver_;
    std::vector<std::unique_ptr<Transfer>> idle_;
};

}  // namespace runnel::http
