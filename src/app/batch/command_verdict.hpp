#pragma once

#include <string>

#include "base/error.hpp"
#include "base/result.hpp"
#include "io/process.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Returns the verdict on a batch whose command could not be started or whose worker did not
/// answer: Rejected if the lines cannot be given to it, NoRoom if the system lacks resources
/// (descriptors, processes), Failed for other transient reasons, else the error itself, which means
/// that no batch can be delivered at all.
[[nodiscard]] Result<Verdict> verdict_of_failure(const Error& failure);

/// Returns the verdict on the lines of a command, or of a worker that has not answered, that ended
/// with \a ending; \a reason is the text about it for the user.
[[nodiscard]] Verdict verdict_of(const ProcessEnding& ending, const std::string& reason);

/// Whether the exit status says something about the lines, as opposed to a failure.
[[nodiscard]] bool is_verdict(const ProcessEnding& ending) noexcept;

}  // namespace runnel
