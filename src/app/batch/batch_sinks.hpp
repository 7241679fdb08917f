#pragma once

#include <memory>

#include "app/batch/batch_options.hpp"
#include "app/console/log.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// The sink that \a options ask for. The others must outlive it.
[[nodiscard]] std::unique_ptr<BatchSink> make_batch_sink(Loop& loop, const BatchOptions& options,
                                                         Output& output, Log& log);

}  // namespace runnel
