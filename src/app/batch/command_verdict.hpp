#pragma once

#include "base/error.hpp"
#include "base/result.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// What it means for a batch that its command could not be started, or that its worker did not
/// answer: Rejected for lines that cannot be given to it, Failed for what may pass (such as no room
/// for one more process), else the error itself: no batch can be delivered at all.
[[nodiscard]] Result<Verdict> verdict_of_failure(const Error& failure);

}  // namespace runnel
