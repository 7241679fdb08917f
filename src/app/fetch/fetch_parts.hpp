#pragma once

#include <memory>
#include <optional>

#include "app/console/log.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/fetch/run_files.hpp"
#include "app/format/output_format.hpp"
#include "app/output/item_writer.hpp"
#include "app/output/sink.hpp"
#include "app/run/shutdown.hpp"
#include "io/directory.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"

namespace runnel {

/// Makes the sink of a run: stdout, or the command that gets the lines in batches. All arguments
/// must outlive it. With a journal or an entity tag store, an input is settled only when its output
/// has left the process.
[[nodiscard]] std::unique_ptr<Sink> make_sink(Loop& loop, const FetchOptions& options,
                                              Output& output, RunFiles& files, Shutdown& shutdown,
                                              Log& log);

/// Makes the output format of a run. \a order, \a scheduler and \a folder must outlive it.
/// \a folder: the folder of `-o`, which must be open if `-o` is given.
[[nodiscard]] std::unique_ptr<OutputFormat> make_output_format(
    const FetchOptions& options, PrintOrder& order, Scheduler& scheduler,
    const std::optional<Directory>& folder);

}  // namespace runnel
