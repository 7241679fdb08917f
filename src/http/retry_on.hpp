#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/result.hpp"
#include "http/expect.hpp"

namespace runnel::http {

/// The failures that are retried.
class RetryOn {
public:
    /// The default of `--retry-on`.
    static constexpr std::string_view kDefault =
        "connect,timeout,idle,truncated,dns-again,408,425,429,500,502,503,504";

    /// Same as kDefault.
    RetryOn();

    /// Parses a list of error classes, of statuses in the syntax of StatusSet, and of `dns-again`,
    /// which is a temporary failure of a look-up; `any` means all of them. Spaces around items are
    /// ignored. Fails with ErrorClass::BadInput for an unknown item or a class that is permanent;
    /// the message contains the item.
    [[nodiscard]] static Result<RetryOn> parse(std::string_view list);

    /// Whether \a failure is retried. ErrorClass::HttpStatus depends on \a status.
    [[nodiscard]] bool matches(const Error& failure, int status) const;

private:
    static constexpr std::size_t kClasses = static_cast<std::size_t>(ErrorClass::Internal) + 1;

    struct Nothing {};
    explicit RetryOn(Nothing /*unused*/) {}

    [[nodiscard]] bool add_class(std::string_view name);
    void add_all_classes();

    std::bitset<kClasses> classes_;
    bool dns_again_ = false;
    std::optional<StatusSet> statuses_;
};

}  // namespace runnel::http
