#pragma once

#include <bitset>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// A set of response statuses, for example those that count as success.
class StatusSet {
public:
    /// `2xx`.
    StatusSet();

    /// Parses a list such as `200,204,3xx` or `300-399`, or `any`. Spaces around items are ignored.
    /// Fails with ErrorClass::BadInput; the message contains the bad item.
    [[nodiscard]] static Result<StatusSet> parse(std::string_view text);

    /// Always false for numbers that are not a status, such as 0 (no response).
    [[nodiscard]] bool contains(int status) const noexcept {
        return status >= 0 && status < kEnd && statuses_[static_cast<std::size_t>(status)];
    }

private:
    /// Any three digits are a valid status; some sites send 999.
    static constexpr int kBegin = 100;
    static constexpr int kEnd = 1000;

    [[nodiscard]] bool add_item(std::string_view item);
    void add_range(int first, int last);

    std::bitset<kEnd> statuses_;
};

}  // namespace runnel::http
