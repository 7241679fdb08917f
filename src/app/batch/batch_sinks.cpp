#include "app/batch/batch_sinks.hpp"

#include "app/batch/command_sink.hpp"
#include "app/batch/coprocess_sink.hpp"
#include "app/batch/json_sink.hpp"

namespace runnel {

std::unique_ptr<BatchSink> make_batch_sink(Loop& loop, const BatchOptions& options, Output& output,
                                           Log& log) {
    if (options.cmd.empty()) {
        return std::make_unique<JsonSink>(output);
    }
    if (options.coprocess) {
        return std::make_unique<CoprocessSink>(loop, options.cmd, options.jobs, options.max_time,
                                               options.grace, output);
    }
    return std::make_unique<CommandSink>(loop, options.cmd, options.max_time, output, log);
}

}  // namespace runnel
