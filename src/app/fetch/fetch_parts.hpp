#pragma once

#include <memory>

#include "app/console/log.hpp"
#include "app/fetch/fetch_plan.hpp"
#include "app/fetch/run_files.hpp"
#include "app/format/output_format.hpp"
#include "app/output/item_writer.hpp"
#include "app/output/sink.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"

namespace runnel {

/// Makes the sink of a run: stdout, or the command that gets the lines in batches. All arguments
/// must outlive it. With a journal or an ETag store, an input is settled only when the system has
/// its output. Sets the content of stdout.
[[nodiscard]] std::unique_ptr<Sink> make_sink(const RunContext& context, const FetchPlan& plan,
                                              RunFiles& files, Shutdown& shutdown, Log& log);

/// Makes the output format of a run. \a to_terminal: the output goes to a terminal. \a files:
/// the folder or the stream of `-o` must be open; the stream is moved from. \a order, \a loop and
/// \a files must outlive it.
[[nodiscard]] std::unique_ptr<OutputFormat> make_output_format(const OutputPlan& plan,
                                                               bool to_terminal, PrintOrder& order,
                                                               Loop& loop, RunFiles& files);

}  // namespace runnel
