#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "http/expect.hpp"
#include "service/json_condition.hpp"
#include "service/observation.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// The result of one assertion.
class AssertionResult {
public:
    /// Warn: the assertion does not hold, but the target still counts as up.
    enum class Level { Ok, Warn, Failed };

    AssertionResult(std::string_view option, Level how, std::string wanted,
                    std::optional<std::string> seen = std::nullopt)
        : name(option), level(how), expected(std::move(wanted)), actual(std::move(seen)) {}

    std::string name;  ///< The option, such as `body-re`.
    Level level;
    std::string expected;               ///< For people: `<= 0.5 s`.
    std::optional<std::string> actual;  ///< Abbreviated; empty if there was nothing to look at.
};

/// `body-re: expected =~ ok, got nothing`
[[nodiscard]] std::string to_sentence(const AssertionResult& result);

/// Expected statuses and the list as it was given.
class ExpectedStatus {
public:
    /// `2xx`
    ExpectedStatus() = default;
    /// As http::StatusSet::parse().
    [[nodiscard]] static Result<ExpectedStatus> parse(std::string_view text);

    http::StatusSet statuses;
    std::string text = "2xx";
};

/// `NAME: REGEX`: the response has a header of that name whose value matches. Of several headers of
/// that name one has to match, or all joined as one list.
class HeaderCondition {
public:
    /// Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<HeaderCondition> parse(std::string_view text);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const Pattern& pattern() const noexcept { return pattern_; }

private:
    HeaderCondition(std::string name, Pattern pattern)
        : name_(std::move(name)), pattern_(std::move(pattern)) {}

    std::string name_;
    Pattern pattern_;
};

/// `WARN,CRIT`: the minimum number of days that certificates must still be valid.
class CertificateDays {
public:
    using Days = Observation::Days;

    /// Two numbers, WARN not less than CRIT. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<CertificateDays> parse(std::string_view text);

    [[nodiscard]] Days warn() const noexcept { return warn_; }
    [[nodiscard]] Days critical() const noexcept { return critical_; }

private:
    CertificateDays(Days warn, Days critical) noexcept : warn_(warn), critical_(critical) {}

    Days warn_;
    Days critical_;
};

/// The assertions about one target.
class Assertions {
public:
    /// Default limit of a body that assertions look into (decoded bytes).
    static constexpr std::uint64_t kDefaultBodyLimit = std::uint64_t{16} << 20U;

    Assertions() = default;

    /// Evaluates all assertions, in a fixed order, the status first. An assertion about something
    /// that was not observed fails.
    [[nodiscard]] std::vector<AssertionResult> evaluate(const Observation& seen) const;
    /// Evaluates the assertions about time, the only ones that apply to a bare connection.
    [[nodiscard]] std::vector<AssertionResult> evaluate_connection(const Observation& seen) const;
    /// Returns the first given option that needs a response; empty if there is none.
    [[nodiscard]] std::string_view first_response_option() const noexcept;

    /// Returns the first given option that needs a body; empty if there is none.
    [[nodiscard]] std::string_view first_body_option() const noexcept;
    /// Fails with ErrorClass::BadInput if assertions contradict each other.
    [[nodiscard]] Result<void> check_consistency() const;

    [[nodiscard]] bool need_body() const noexcept {
        return !body.empty() || !no_body.empty() || !json.empty();
    }
    /// In decoded bytes; 0 means no limit.
    [[nodiscard]] std::uint64_t body_limit() const noexcept {
        return max_body.value_or(need_body() ? kDefaultBodyLimit : 0);
    }

    std::optional<ExpectedStatus> expect;  ///< `2xx` if not set.
    std::vector<HeaderCondition> headers;
    std::vector<Pattern> body;
    std::vector<Pattern> no_body;
    std::vector<JsonCondition> json;
    Duration warn_time = Duration::zero();  ///< Zero means no limit.
    Duration crit_time = Duration::zero();  ///< Zero means no limit.
    std::optional<CertificateDays> cert_days;
    bool require_tls = false;
    std::optional<std::uint64_t> max_body;
};

}  // namespace runnel
