#include "http/retry_on.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "http/resolver.hpp"

namespace runnel::http {

namespace {

/// Classes that can be transient. The others mean that the response was refused, or that runnel
/// would decide in the same way again.
constexpr std::array kRetryable = {
    ErrorClass::Connect,   ErrorClass::Timeout, ErrorClass::Idle,
    ErrorClass::Truncated, ErrorClass::Tls,     ErrorClass::Proxy,
    ErrorClass::Protocol,  ErrorClass::Dns,     ErrorClass::Decode,
};
constexpr std::string_view kDnsAgain = "dns-again";
constexpr std::string_view kAny = "any";  // also a StatusSet

std::string_view class_name(ErrorClass error_class) { return to_string(error_class); }

std::size_t index_of(ErrorClass error_class) noexcept {
    return static_cast<std::size_t>(error_class);
}

/// Whether a name server reported a temporary failure or was too slow.
bool is_dns_again(const Error& failure) {
    return failure.error_class() == ErrorClass::Dns &&
           (failure.code() == CURLE_OPERATION_TIMEDOUT ||
            failure.message().ends_with(Resolver::kTemporaryFailure));
}

Error bad_item(std::string_view item) {
    std::array<std::string_view, kRetryable.size()> names;
    std::ranges::transform(kRetryable, names.begin(), class_name);
    return bad_input(
        fmt::format("\"{}\" cannot be retried: use {}, {}, statuses such as 429 or 5xx, or any",
                    item, fmt::join(names, ", "), kDnsAgain));
}

}  // namespace

RetryOn::RetryOn() : RetryOn(parse(kDefault).value()) {}

Result<RetryOn> RetryOn::parse(std::string_view list) {
    RetryOn on{Nothing()};
    std::string statuses;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin <= list.size(); begin = end + 1) {
        end = std::min(list.find(',', begin), list.size());
        const std::string_view item = trimmed(list.substr(begin, end - begin));
        if (on.add_class(item)) {
            continue;
        }
        if (!StatusSet::parse(item)) {
            return bad_item(item);
        }
        statuses += statuses.empty() ? "" : ",";
        statuses += item;
        if (item == kAny) {
            on.add_all_classes();
        }
    }
    if (!statuses.empty()) {
        on.statuses_ = StatusSet::parse(statuses).value();
    }
    return on;
}

bool RetryOn::matches(const Error& failure, int status) const {
    if (failure.error_class() == ErrorClass::HttpStatus) {
        return statuses_ && statuses_->contains(status);
    }
    return classes_[index_of(failure.error_class())] || (dns_again_ && is_dns_again(failure));
}

bool RetryOn::add_class(std::string_view name) {
    if (name == kDnsAgain) {
        dns_again_ = true;
        return true;
    }
    const auto found = std::ranges::find(kRetryable, name, class_name);
    if (found == kRetryable.end()) {
        return false;
    }
    classes_.set(index_of(*found));
    return true;
}

void RetryOn::add_all_classes() {
    for (const ErrorClass each : kRetryable) {
        classes_.set(index_of(each));
    }
}

}  // namespace runnel::http
