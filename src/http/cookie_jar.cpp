#include "http/cookie_jar.hpp"

#include "base/ensure.hpp"
#include "base/out_of_memory.hpp"
#include "http/curl_error.hpp"

namespace runnel::http {

CookieJar::CookieJar(const std::string& file) : share_(curl_share_init()) {
    if (!share_) {
        out_of_memory();
    }
    const CURLSHcode shared =
        curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    RUNNEL_ENSURE(shared == CURLSHE_OK, curl_share_strerror(shared));
    // Loaded once, because a handle with CURLOPT_COOKIEFILE reloads the file at each transfer and
    // overwrites cookies that servers have set since.
    const std::unique_ptr<CURL, void (*)(CURL*)> loader(curl_easy_init(), &curl_easy_cleanup);
    if (!loader) {
        out_of_memory();
    }
    const auto set = [&loader](CURLoption option, auto value) {
        require_curl(curl_easy_setopt(loader.get(), option, value), "curl_easy_setopt");
    };
    set(CURLOPT_SHARE, share_.get());
    // libcurl reads stdin for a dash.
    set(CURLOPT_COOKIEFILE, file == "-" ? "./-" : file.c_str());
    set(CURLOPT_COOKIELIST, "RELOAD");
}

}  // namespace runnel::http
