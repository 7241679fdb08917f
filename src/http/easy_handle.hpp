#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/cookie_jar.hpp"
#include "http/curl_error.hpp"
#include "http/request.hpp"
#include "http/socket_opener.hpp"

namespace runnel::http {

/// A libcurl easy handle and its options, for one exchange at a time. Options whose value is
/// libcurl's default are not set, because each call costs time.
class EasyHandle {
public:
    /// Addresses that were looked up before the exchange.
    class Resolved {
    public:
        Resolved() = default;

        std::vector<std::string> entries;  ///< `host:port:addresses`, for libcurl's DNS cache.
        /// See SocketOpener::begin.
        std::vector<IpAddress> addresses;
    };
    /// Functions that libcurl calls while it works on the handle.
    struct Callbacks {
        curl_sockopt_callback on_opened;
        curl_prereq_callback on_connected;
        curl_xferinfo_callback on_progress;  ///< For tunnels through a proxy only.
        curl_write_callback on_header;
        curl_write_callback on_body;
        void* self;  ///< Argument of all; returned by owner_of().
    };

    explicit EasyHandle(const Callbacks& callbacks) noexcept : callbacks_(callbacks) {}
    EasyHandle(const EasyHandle&) = delete;
    EasyHandle& operator=(const EasyHandle&) = delete;
    ~EasyHandle() = default;

    /// Replaces the handle, which must be idle, by a new one for \a request on \a route. \a
    /// cookies is null without a cookie engine. The request's policy and the jar must outlive the
    /// exchange.
    void prepare(const Request& request, const Route& route, const Resolved& resolved,
                 const CookieJar* cookies);

    /// Restricts the connection of the prepared exchange: \a fresh opens a new one, \a http1 does
    /// not offer HTTP/2.
    void choose(bool fresh, bool http1);

    [[nodiscard]] CURL* get() const noexcept { return easy_.get(); }
    [[nodiscard]] static void* owner_of(CURL* easy);
    /// libcurl's message for the last failure; may be empty.
    [[nodiscard]] const char* detail() const noexcept { return detail_.data(); }
    [[nodiscard]] SocketOpener& opener() noexcept { return opener_; }
    [[nodiscard]] const SocketOpener& opener() const noexcept { return opener_; }

    /// Headers of the last hop; see Response::header and Response::headers.
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const;
    [[nodiscard]] Headers headers() const;
    /// How often the last hop has this header.
    [[nodiscard]] std::size_t count(const char* header) const;

    template <class Value>
    [[nodiscard]] Value info(CURLINFO which) const {
        Value value{};
        require_curl(curl_easy_getinfo(easy_.get(), which, &value), "curl_easy_getinfo");
        return value;
    }

private:
    struct FreeEasy {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    struct FreeList {
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };
    using List = std::unique_ptr<curl_slist, FreeList>;

    template <class Value>
    void set(CURLoption option, Value value) {
        require_curl(curl_easy_setopt(easy_.get(), option, value), "curl_easy_setopt");
    }
    void set_text(CURLoption option, const std::string& text);

    static void append(List& list, const std::string& text);
    void configure(const Policy& policy);
    void set_callbacks();
    void set_connections(const Policy& policy);
    void set_tls(const Tls& tls);
    void set_route(const Url& url, const Route& route);
    void set_proxy(const Proxy& proxy);
    void set_tunnel();
    void set_request(const Request& request);
    void set_headers(const Request& request, const CookieJar* cookies);

    Callbacks callbacks_;
    SocketOpener opener_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    List headers_;
    List resolve_;
    List connect_to_;
    std::unique_ptr<CURL, FreeEasy> easy_;
};

}  // namespace runnel::http
