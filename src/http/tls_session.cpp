#include "http/tls_session.hpp"

#include <openssl/ssl.h>

#include <string_view>

#include "base/ensure.hpp"
#include "http/curl_error.hpp"

namespace runnel::http {

namespace {

using Holder = std::shared_ptr<TlsSession>;

}  // namespace

TlsSession::TlsSession(ssl_st& ssl) : ssl_(&ssl) {
    const unsigned char* name = nullptr;
    unsigned int length = 0;
    SSL_get0_alpn_selected(&ssl, &name, &length);
    http2_ = std::string_view(reinterpret_cast<const char*>(name), length) == "h2";
    SSL_set_info_callback(&ssl, &TlsSession::on_info);
}

/// Returns the index of the Holder* among the data of an SSL.
int TlsSession::index() {
    static const int kIndex =
        SSL_get_ex_new_index(0, nullptr, nullptr, nullptr,
                             [](void* /*ssl*/, void* data, CRYPTO_EX_DATA* /*all*/, int /*index*/,
                                long /*number*/, void* /*pointer*/) {
                                 const std::unique_ptr<Holder> holder(static_cast<Holder*>(data));
                                 if (holder) {
                                     (*holder)->ssl_ = nullptr;
                                 }
                             });
    return kIndex;
}

std::shared_ptr<const TlsSession> TlsSession::of(CURL* easy) {
    curl_tlssessioninfo* info = nullptr;
    require_curl(curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info), "curl_easy_getinfo");
    if (info == nullptr || info->backend != CURLSSLBACKEND_OPENSSL || info->internals == nullptr) {
        return nullptr;
    }
    auto* const ssl = static_cast<SSL*>(info->internals);
    auto* holder = static_cast<Holder*>(SSL_get_ex_data(ssl, index()));
    if (holder == nullptr) {
        auto made = std::make_unique<Holder>(std::make_shared<TlsSession>(*ssl));
        RUNNEL_ENSURE(SSL_set_ex_data(ssl, index(), made.get()) == 1, "SSL_set_ex_data failed");
        holder = made.release();
    }
    return *holder;
}

bool TlsSession::has_data() const noexcept { return ssl_ != nullptr && SSL_has_pending(ssl_) == 1; }

void TlsSession::on_info(const ssl_st* ssl, int where, int value) noexcept {
    constexpr int kDescription = 0xff;
    if (where == SSL_CB_READ_ALERT && (value & kDescription) == SSL_AD_CLOSE_NOTIFY) {
        (*static_cast<Holder*>(SSL_get_ex_data(ssl, index())))->closed_ = true;
    }
}

}  // namespace runnel::http
