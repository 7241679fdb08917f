#include "http/read_limit.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string_view>

#include "http/curl_error.hpp"

namespace runnel::http {

namespace {

bool uses_openssl() {
    const char* const library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library != nullptr && std::string_view(library).starts_with("OpenSSL/");
}

}  // namespace

/// The functions that OpenSSL calls. libcurl passes the context of a connection before it connects;
/// the BIO, from which the connection reads, is known when the first message is sent.
struct ReadLimit::Hooks {
    static CURLcode on_context(CURL* /*easy*/, void* context, void* self) noexcept {
        auto* const tls = static_cast<SSL_CTX*>(context);
        SSL_CTX_set_msg_callback(tls, &on_message);
        SSL_CTX_set_msg_callback_arg(tls, self);
        return CURLE_OK;
    }

    /// Leaves out a connection inside of another one. What it reads is limited by the outer one,
    /// which may hold data that has left the socket: the loop would not call again for them.
    static CURLcode on_context_through_tls(CURL* easy, void* context, void* self) noexcept {
        long tunnel = 0;
        require_curl(curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel),
                     "curl_easy_getinfo");
        return tunnel / 100 == 2 ? CURLE_OK : on_context(easy, context, self);
    }

    static void on_message(int /*sent*/, int /*version*/, int /*type*/, const void* /*data*/,
                           std::size_t /*size*/, SSL* connection, void* self) noexcept {
        BIO* const bio = SSL_get_rbio(connection);
        if (bio != nullptr && BIO_get_callback_ex(bio) == nullptr) {
            BIO_set_callback_ex(bio, &on_read);
            BIO_set_callback_arg(bio, static_cast<char*>(self));
        }
    }

    static long on_read(BIO* bio, int operation, const char* /*data*/, std::size_t /*size*/,
                        int /*unused*/, long /*unused*/, int result, std::size_t* read) noexcept {
        auto* const limit = reinterpret_cast<ReadLimit*>(BIO_get_callback_arg(bio));
        if (operation == BIO_CB_READ && limit->left_ == 0) {
            BIO_clear_retry_flags(bio);
            BIO_set_retry_read(bio);
            return -1;
        }
        if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0) {
            limit->left_ -= std::min(limit->left_, *read);
        }
        return result;
    }
};

void ReadLimit::apply(CURL* easy, bool through_tls) {
    static const bool supported = uses_openssl();
    if (!supported) {
        return;
    }
    const auto set = [easy](CURLoption option, auto value) {
        require_curl(curl_easy_setopt(easy, option, value), "curl_easy_setopt");
    };
    set(CURLOPT_SSL_CTX_FUNCTION,
        through_tls ? &Hooks::on_context_through_tls : &Hooks::on_context);
    set(CURLOPT_SSL_CTX_DATA, this);
}

}  // namespace runnel::http
