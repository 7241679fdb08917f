#pragma once

#include <memory>

#include "app/batch/batch_plan.hpp"
#include "app/console/log.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Makes the sink of \a plan, and sets the content of \a output. \a loop, \a output and \a log must
/// outlive it.
[[nodiscard]] std::unique_ptr<BatchSink> make_batch_sink(Loop& loop, const BatchPlan& plan,
                                                         Output& output, Log& log);

}  // namespace runnel
