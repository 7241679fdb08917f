#include "http/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "base/ensure.hpp"
#include "http/curl_error.hpp"

namespace runnel::http {

namespace {

using Holder = std::shared_ptr<TlsSession>;

std::string subject_of(const X509& certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
    RUNNEL_ENSURE(text, "BIO_new failed");
    // The names of RFC 2253, in UTF-8.
    constexpr unsigned long kFlags =
        XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    X509_NAME_print_ex(text.get(), X509_get_subject_name(&certificate), 0, kFlags);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(text.get(), &bytes);
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : "no subject";
}

std::optional<CertificateExpiry> expiry_of(const X509& certificate) {
    std::tm when = {};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &when) != 1) {
        return std::nullopt;
    }
    return CertificateExpiry{std::chrono::system_clock::from_time_t(timegm(&when)),
                             subject_of(certificate)};
}

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

std::optional<CertificateExpiry> TlsSession::first_to_expire() const {
    if (ssl_ == nullptr) {
        return std::nullopt;
    }
    const STACK_OF(X509)* proof =
        SSL_get_verify_result(ssl_) == X509_V_OK ? SSL_get0_verified_chain(ssl_) : nullptr;
    const STACK_OF(X509)* chain = proof != nullptr ? proof : SSL_get_peer_cert_chain(ssl_);
    const int count = chain != nullptr ? sk_X509_num(chain) : 0;
    const int counted = proof != nullptr && count > 1 ? count - 1 : count;
    std::optional<CertificateExpiry> first;
    for (int i = 0; i < counted; ++i) {
        std::optional<CertificateExpiry> each = expiry_of(*sk_X509_value(chain, i));
        if (each && (!first || each->expires < first->expires)) {
            first = std::move(each);
        }
    }
    return first;
}

void TlsSession::on_info(const ssl_st* ssl, int where, int value) noexcept {
    constexpr int kDescription = 0xff;
    if (where == SSL_CB_READ_ALERT && (value & kDescription) == SSL_AD_CLOSE_NOTIFY) {
        (*static_cast<Holder*>(SSL_get_ex_data(ssl, index())))->closed_ = true;
    }
}

}  // namespace runnel::http
