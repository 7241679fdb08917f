#pragma once

#include <bitset>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// The response statuses that count as success.
class StatusSet {
public:
    /// The default, `2xx`.
    StatusSet();

    /// A list such as `200,204,3xx` or `300-399`, or `any`; spaces around items are skipped. Fails
    /// with ErrorClass::BadInput, naming the bad item.
    [[nodiscard]] static Result<StatusSet> parse(std::string_view text);

    /// False for numbers that are no status (0: no response came), whatever the list.
    [[nodiscard]] bool contains(int status) const noexcept {
        return status >= 0 && status < kEnd && statuses_[static_cast<std::size_t>(status)];
    }

private:
    /// Three digits are all that a status line can hold; sites do answer 999.
    static constexpr int kBegin = 100;
    static constexpr int kEnd = 1000;

    [[nodiscard]] bool add_item(std::string_view item);
    void add_range(int first, int last);

    std::bitset<kEnd> statuses_;
};

}  // namespace runnel::http
