#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace runnel::http {

/// The cookies of a run: those of a file and those set by servers. libcurl stores them and matches
/// them to requests. Shared by handles on one thread, which it must outlive.
class CookieJar {
public:
    /// Loads \a file, which is in Netscape's format or contains Set-Cookie headers. The jar is
    /// empty if the file cannot be read or the name is empty, as in curl.
    explicit CookieJar(const std::string& file);

    [[nodiscard]] CURLSH* share() const noexcept { return share_.get(); }

private:
    struct FreeShare {
        void operator()(CURLSH* share) const noexcept { curl_share_cleanup(share); }
    };

    std::unique_ptr<CURLSH, FreeShare> share_;
};

}  // namespace runnel::http
