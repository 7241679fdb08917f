#pragma once

#include <vector>

#include "base/result.hpp"
#include "json/document.hpp"
#include "mock/answer.hpp"

namespace runnel::mock {

/// Reads `{"Name": "value", "Other": ["one", "two"]}`, two headers named Other. Refuses what a
/// server could not send: names and values that are none, those that it makes itself, and more than
/// 16 KiB in all. Failures are located().
[[nodiscard]] Result<std::vector<Header>> read_headers(const JsonMember& member);

}  // namespace runnel::mock
