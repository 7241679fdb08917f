#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/address_lookup.hpp"
#include "http/client.hpp"
#include "http/cookie_jar.hpp"
#include "http/multi_driver.hpp"
#include "http/resolver.hpp"
#include "http/transfer.hpp"
#include "io/loop.hpp"

namespace runnel::http {

/// The Client that goes to the network, by libcurl. One hop per send(): redirects are a decorator's
/// (RedirectClient), so that every hop is looked up, admitted and guarded alike.
///
/// Must outlive its responses; the loop must outlive it.
class CurlClient final : public Client {
public:
    /// \a jobs: how many transfers will run at once; \a descriptors: how many connections the limit
    /// of open files leaves room for, idle ones included.
    CurlClient(Loop& loop, std::size_t jobs, std::size_t descriptors);
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;
    ~CurlClient() override;

    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                               SendOptions options,
                                                               Trace& trace) override;

    /// Name look-ups that still hang in the system. They cannot be cancelled, so a program that
    /// wants to end now must leave without waiting for threads.
    [[nodiscard]] bool lookups_running() const { return resolver_.lookups_running() > 0; }

    /// libcurl's version with its TLS and HTTP/2 libraries, for --version.
    [[nodiscard]] static std::string version();

private:
    class CurlResponse;

    /// \a failure, before libcurl has heard of the request.
    [[nodiscard]] Error not_begun(Trace& trace, Error failure) const;
    void start(Transfer& transfer, const Request& request, const Route& route, SendOptions options,
               Trace& trace, const std::vector<NamedAddresses>& names);
    [[nodiscard]] const CookieJar* cookies(const Policy& policy);
    [[nodiscard]] std::unique_ptr<Transfer> borrow();
    void give_back(std::unique_ptr<Transfer> transfer);

    Loop& loop_;
    Resolver resolver_;
    AddressLookup lookup_;
    std::optional<CookieJar> cookies_;
    MultiDriver driver_;
    std::vector<std::unique_ptr<Transfer>> idle_;
};

}  // namespace runnel::http
