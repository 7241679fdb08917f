#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "http/curl_error.hpp"
#include "http/request.hpp"

namespace runnel::http {

/// A libcurl easy handle and what it is set to, for one exchange at a time.
class EasyHandle {
public:
    /// What libcurl calls while it works on the handle.
    struct Callbacks {
        curl_write_callback on_header;
        curl_write_callback on_body;
        void* self;  ///< Given to both, and found again by owner_of().
    };

    explicit EasyHandle(const Callbacks& callbacks) noexcept : callbacks_(callbacks) {}
    EasyHandle(const EasyHandle&) = delete;
    EasyHandle& operator=(const EasyHandle&) = delete;
    ~EasyHandle() = default;

    /// Makes a new handle with everything that \a request needs, in place of the one before, on
    /// which nothing may run. The request's policy must outlive the exchange. \a resolved: a
    /// `host:port:addresses` entry for libcurl's cache, empty when it has it already.
    void prepare(const Request& request, const std::string& resolved);

    [[nodiscard]] CURL* get() const noexcept { return easy_.get(); }
    [[nodiscard]] static void* owner_of(CURL* easy);
    /// libcurl's own words for the last failure; may be empty.
    [[nodiscard]] const char* detail() const noexcept { return detail_.data(); }

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

    static void append(List& list, const std::string& text);
    void configure(const Policy& policy);
    void set_request(const Request& request);

    Callbacks callbacks_;
    std::unique_ptr<CURL, FreeEasy> easy_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    List headers_;
    List resolve_;
};

}  // namespace runnel::http
