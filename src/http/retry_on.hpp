#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/result.hpp"
#include "http/expect.hpp"

namespace runnel::http {

/// The failures after which another attempt is made.
class RetryOn {
public:
    /// What `--retry-on` is by default.
    static constexpr std::string_view kDefault =
        "connect,timeout,idle,truncated,dns-again,408,425,429,500,502,503,504";

    /// kDefault.
    RetryOn();

    /// A list of classes by their names in the record, of statuses as StatusSet takes them, and of
    /// `dns-again`, a look-up that failed for the moment, as opposed to a name that does not exist;
    /// `any` is all of them. Spaces around items are skipped. Fails with ErrorClass::BadInput,
    /// naming the bad item: also for a class that stays as it is however often one tries.
    [[nodiscard]] static Result<RetryOn> parse(std::string_view list);

    /// Whether \a failure is one of them. For ErrorClass::HttpStatus \a status decides.
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
