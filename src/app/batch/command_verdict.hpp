#pragma once

#include "base/error.hpp"
#include "base/result.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Returns what it means for a batch that its command could not be started or its worker did not
/// answer: Rejected if the lines cannot be given to it, NoRoom if the system lacks resources
/// (descriptors, processes), Failed for other transient reasons, else the error itself, which means
/// that no batch can be delivered at all.
[[nodiscard]] Result<Verdict> verdict_of_failure(const Error& failure);

}  // namespace runnel
