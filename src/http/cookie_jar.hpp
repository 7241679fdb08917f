#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace runnel::http {

/// The cookies of a run: those of a file and those set by servers. libcurl stores them and matches
/// them to requests. Shared by handles on one thread, which it must outlive.
class CookieJar {
public:
    /// Maximum number of cookies of a host and in all (RFC 6265, section 6.1), beside those of the
    /// file.
    static constexpr std::size_t kMaxPerHost = 50;
    static constexpr std::size_t kMaxCookies = 3000;
    /// Maximum number of cookies that libcurl takes from a response.
    static constexpr std::size_t kMaxPerResponse = 50;

    /// Loads \a file, which is in Netscape's format or contains Set-Cookie headers. The jar is
    /// empty if the file cannot be read or the name is empty, as in curl.
    explicit CookieJar(const std::string& file);

    [[nodiscard]] CURLSH* share() const noexcept { return share_.get(); }

    /// Records that a response has set at most \a count cookies. If there are too many in the jar,
    /// removes the oldest ones. Must not be called inside a callback of libcurl.
    void added(std::size_t count);

private:
    struct FreeShare {
        void operator()(CURLSH* share) const noexcept { curl_share_cleanup(share); }
    };
    struct FreeEasy {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    class Cookie;

    void trim();
    [[nodiscard]] std::vector<Cookie> cookies_of_servers();
    void remove(const Cookie& cookie);

    std::unique_ptr<CURLSH, FreeShare> share_;
    std::unique_ptr<CURL, FreeEasy> easy_;  ///< For access to the share.
    std::unordered_set<std::string> of_file_;
    /// The number of the trim that saw a cookie first.
    std::unordered_map<std::string, std::uint64_t> first_seen_;
    std::uint64_t trims_ = 0;
    std::size_t most_of_a_host_ = 0;  ///< After the last trim.
    std::size_t total_ = 0;           ///< After the last trim.
    std::size_t added_ = 0;           ///< Since the last trim, at most.
};

}  // namespace runnel::http
