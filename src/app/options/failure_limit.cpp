#include "app/options/failure_limit.hpp"

#include <fmt/format.h>

#include <charconv>

namespace runnel {

namespace {

constexpr double kWhole = 100;

Error bad_limit(std::string_view text) {
    return bad_input(fmt::format("\"{}\" is not a limit: use 10 or 5%", text));
}

}  // namespace

FailureLimit FailureLimit::none_allowed() noexcept { return FailureLimit(Kind::Count, 0); }

Result<FailureLimit> FailureLimit::parse(std::string_view text) {
    const std::string_view given = text;
    const bool percentage = text.ends_with('%');
    text.remove_suffix(percentage ? 1 : 0);
    const char* const end = text.data() + text.size();
    if (percentage) {
        double share = 0;
        const auto read = std::from_chars(text.data(), end, share, std::chars_format::fixed);
        const bool sound = read.ec == std::errc() && read.ptr == end && share >= 0;
        return sound && share <= kWhole ? FailureLimit(Kind::Percentage, share)
                                        : Result<FailureLimit>(bad_limit(given));
    }
    std::uint32_t count = 0;
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec != std::errc() || read.ptr != end) {
        return bad_limit(given);
    }
    return FailureLimit(Kind::Count, count);
}

std::string FailureLimit::to_string() const {
    return kind_ == Kind::Unlimited
               ? ""
               : fmt::format("{}{}", allowed_, kind_ == Kind::Percentage ? "%" : "");
}

bool FailureLimit::stops(std::uint64_t failed, std::uint64_t ended) const noexcept {
    if (kind_ == Kind::Unlimited || (kind_ == Kind::Percentage && ended < kSample)) {
        return false;
    }
    return exceeded(failed, ended);
}

bool FailureLimit::exceeded(std::uint64_t failed, std::uint64_t ended) const noexcept {
    const auto failures = static_cast<double>(failed);
    if (kind_ == Kind::Percentage) {
        return failures * kWhole > allowed_ * static_cast<double>(ended);
    }
    return failures > allowed_;
}

}  // namespace runnel
