#pragma once

#include <string_view>

#include "base/histogram.hpp"
#include "json/object_writer.hpp"

namespace runnel {

/// Adds a member with the percentiles `p50`, `p90`, `p99` and the maximum (`max`) of \a times, in
/// seconds; null if nothing was measured.
void add_percentiles(JsonObjectWriter& object, std::string_view key, const Histogram& times);

}  // namespace runnel
