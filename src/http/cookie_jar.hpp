#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace runnel::http {

/// The cookies of a run: those of a file, and what servers set. libcurl keeps them and decides by
/// their domain, path and so on which request takes which. Handles share it, on one thread; it must
/// outlive them.
class CookieJar {
public:
    /// \a file is in Netscape's format, or holds Set-Cookie headers. One that cannot be read, or an
    /// empty name, is an empty jar, as in curl.
    explicit CookieJar(const std::string& file);

    [[nodiscard]] CURLSH* share() const noexcept { return share_.get(); }

private:
    struct FreeShare {
        void operator()(CURLSH* share) const noexcept { curl_share_cleanup(share); }
    };

    std::unique_ptr<CURLSH, FreeShare> share_;
};

}  // namespace runnel::http
