#include "http/cookie_jar.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/ensure.hpp"
#include "base/out_of_memory.hpp"
#include "http/curl_error.hpp"

namespace runnel::http {

namespace {

struct FreeCookies {
    void operator()(curl_slist* cookies) const noexcept { curl_slist_free_all(cookies); }
};
using CookieLines = std::unique_ptr<curl_slist, FreeCookies>;

CookieLines all_cookies(CURL* easy) {
    curl_slist* lines = nullptr;
    require_curl(curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &lines), "curl_easy_getinfo");
    return CookieLines(lines);
}

/// After so many cookies too many in all, a tenth is removed, because removing one takes as long.
constexpr std::size_t kTrimmedCookies = CookieJar::kMaxCookies - CookieJar::kMaxCookies / 10;

}  // namespace

/// A cookie as a line of Netscape's format: domain, whether it holds for names below, path, secure,
/// time of expiry, name and value, separated by tabs.
class CookieJar::Cookie {
public:
    explicit Cookie(std::string_view line) {
        for (std::string& field : fields_) {
            const std::size_t tab = std::min(line.find('\t'), line.size());
            field = line.substr(0, tab);
            line.remove_prefix(std::min(tab + 1, line.size()));
        }
    }

    [[nodiscard]] std::string key() const {
        return fields_[kDomain] + '\t' + fields_[kPath] + '\t' + fields_[kName];
    }
    [[nodiscard]] std::string_view host() const {
        std::string_view host = fields_[kDomain];
        for (const std::string_view prefix : {"#HttpOnly_", "."}) {
            host.remove_prefix(host.starts_with(prefix) ? prefix.size() : 0);
        }
        return host;
    }
    /// libcurl lists a cookie that was removed until the jar changes again.
    [[nodiscard]] bool is_expired() const { return fields_[kExpiry] == kPast; }
    /// The same line with an expiry in the past.
    [[nodiscard]] std::string expired() const {
        std::string line;
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            line += (i > 0 ? "\t" : "") + (i == kExpiry ? kPast : fields_[i]);
        }
        return line;
    }

    std::uint64_t first_seen = 0;

private:
    static constexpr const char* kPast = "1";
    static constexpr std::size_t kDomain = 0;
    static constexpr std::size_t kPath = 2;
    static constexpr std::size_t kExpiry = 4;
    static constexpr std::size_t kName = 5;

    std::array<std::string, 7> fields_;
};

CookieJar::CookieJar(const std::string& file) : share_(curl_share_init()), easy_(curl_easy_init()) {
    if (!share_ || !easy_) {
        out_of_memory();
    }
    const CURLSHcode shared =
        curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    RUNNEL_ENSURE(shared == CURLSHE_OK, curl_share_strerror(shared));
    // Loaded once, because a handle with CURLOPT_COOKIEFILE reloads the file at each transfer and
    // overwrites cookies that servers have set since.
    const auto set = [this](CURLoption option, auto value) {
        require_curl(curl_easy_setopt(easy_.get(), option, value), "curl_easy_setopt");
    };
    set(CURLOPT_SHARE, share_.get());
    // libcurl reads stdin for a dash.
    set(CURLOPT_COOKIEFILE, file == "-" ? "./-" : file.c_str());
    set(CURLOPT_COOKIELIST, "RELOAD");
    const CookieLines loaded = all_cookies(easy_.get());
    for (const curl_slist* line = loaded.get(); line != nullptr; line = line->next) {
        of_file_.insert(Cookie(line->data).key());
    }
}

void CookieJar::added(std::size_t count) {
    added_ += count;
    if (count > 0 && (most_of_a_host_ + added_ > kMaxPerHost || total_ + added_ > kMaxCookies)) {
        trim();
    }
}

/// Removes the cookies that are too many for a host, and in all.
void CookieJar::trim() {
    std::vector<Cookie> cookies = cookies_of_servers();
    std::unordered_map<std::string, std::size_t> of_host;
    std::erase_if(cookies, [&](const Cookie& cookie) {
        const bool too_many = ++of_host[std::string(cookie.host())] > kMaxPerHost;
        if (too_many) {
            remove(cookie);
        }
        return too_many;
    });
    const std::size_t kept = cookies.size() > kMaxCookies ? kTrimmedCookies : cookies.size();
    for (std::size_t i = kept; i < cookies.size(); ++i) {
        remove(cookies[i]);
    }
    most_of_a_host_ = 0;
    for (const auto& [host, count] : of_host) {
        most_of_a_host_ = std::max(most_of_a_host_, std::min(count, kMaxPerHost));
    }
    total_ = kept;
    added_ = 0;
}

/// Returns the cookies that are not of the file, the newest first.
std::vector<CookieJar::Cookie> CookieJar::cookies_of_servers() {
    std::vector<Cookie> cookies;
    std::unordered_map<std::string, std::uint64_t> first_seen;
    ++trims_;
    const CookieLines lines = all_cookies(easy_.get());
    for (const curl_slist* line = lines.get(); line != nullptr; line = line->next) {
        Cookie cookie(line->data);
        std::string key = cookie.key();
        if (cookie.is_expired() || of_file_.contains(key)) {
            continue;
        }
        const auto known = first_seen_.find(key);
        cookie.first_seen = known != first_seen_.end() ? known->second : trims_;
        first_seen.emplace(std::move(key), cookie.first_seen);
        cookies.push_back(std::move(cookie));
    }
    first_seen_ = std::move(first_seen);
    // libcurl lists the cookies of a host in the order in which they were set.
    std::ranges::reverse(cookies);
    std::ranges::stable_sort(cookies, std::ranges::greater(), &Cookie::first_seen);
    return cookies;
}

/// Replaces a cookie by one that has expired, because there is no call that removes one.
void CookieJar::remove(const Cookie& cookie) {
    require_curl(curl_easy_setopt(easy_.get(), CURLOPT_COOKIELIST, cookie.expired().c_str()),
                 "curl_easy_setopt");
}

}  // namespace runnel::http
