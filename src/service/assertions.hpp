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

/// What became of one assertion.
class Finding {
public:
    /// Warn: it does not hold, and the target counts as up all the same.
    enum class Level { Ok, Warn, Failed };

    Finding(std::string_view option, Level how, std::string wanted,
            std::optional<std::string> seen = std::nullopt)
        : name(option), level(how), expected(std::move(wanted)), actual(std::move(seen)) {}

    std::string name;                   ///< Of its option: `body-re`.
    Level level;                        ///< Whether it holds.
    std::string expected;               ///< As a person says it: `<= 0.5 s`.
    std::optional<std::string> actual;  ///< The beginning of it; none: it was not there.
};

/// `body-re: expected =~ ok, got nothing`
[[nodiscard]] std::string to_sentence(const Finding& finding);

/// Statuses, with their list as it was given.
class ExpectedStatus {
public:
    /// `2xx`
    ExpectedStatus() = default;
    /// As http::StatusSet::parse().
    [[nodiscard]] static Result<ExpectedStatus> parse(std::string_view text);

    http::StatusSet statuses;
    std::string text = "2xx";
};

/// `N: RE`: a header of that name came, and the expression matches somewhere in its value: in that
/// of one of several, or in all of them as one list.
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

/// `WARN,CRIT`: how long certificates have to be valid yet.
class CertificateDays {
public:
    using Days = Observation::Days;

    /// Two numbers of days, the first at least the second. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<CertificateDays> parse(std::string_view text);

    [[nodiscard]] Days warn() const noexcept { return warn_; }
    [[nodiscard]] Days critical() const noexcept { return critical_; }

private:
    CertificateDays(Days warn, Days critical) noexcept : warn_(warn), critical_(critical) {}

    Days warn_;
    Days critical_;
};

/// All that is asserted of a target.
class Assertions {
public:
    static constexpr std::uint64_t kHeldBody = std::uint64_t{16} << 20U;

    Assertions() = default;

    /// A Finding for each, in a fixed order, the one about the status first. What was not seen does
    /// not hold.
    [[nodiscard]] std::vector<Finding> judge(const Observation& seen) const;
    /// Of a target that is only connected to: what is said about time.
    [[nodiscard]] std::vector<Finding> judge_connection(const Observation& seen) const;
    /// The first option that is about a response, and was given; empty: none was.
    [[nodiscard]] std::string_view about_response() const noexcept;

    /// Whether the body is looked into.
    [[nodiscard]] bool need_body() const noexcept {
        return !body.empty() || !no_body.empty() || !json.empty();
    }
    /// Decoded bytes; 0: no limit, as by default of a body that nobody holds.
    [[nodiscard]] std::uint64_t body_limit() const noexcept {
        return max_body.value_or(need_body() ? kHeldBody : 0);
    }

    std::optional<ExpectedStatus> expect;  ///< None: the default.
    std::vector<HeaderCondition> headers;
    std::vector<Pattern> body;
    std::vector<Pattern> no_body;
    std::vector<JsonCondition> json;
    Duration warn_time = Duration::zero();  ///< Zero: any time is good.
    Duration crit_time = Duration::zero();
    std::optional<CertificateDays> cert_days;
    bool require_tls = false;
    std::optional<std::uint64_t> max_body;
};

}  // namespace runnel
