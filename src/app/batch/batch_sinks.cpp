#include "app/batch/batch_sinks.hpp"

#include "app/batch/command_sink.hpp"
#include "app/batch/coprocess_sink.hpp"
#include "app/batch/json_sink.hpp"

namespace runnel {

std::unique_ptr<BatchSink> make_batch_sink(Loop& loop, const BatchPlan& plan, Output& output,
                                           Log& log) {
    // A command of the user may print colors.
    output.set_content(plan.cmd.empty() ? Output::Content::Json : Output::Content::Bytes);
    if (plan.cmd.empty()) {
        return std::make_unique<JsonSink>(output);
    }
    if (plan.coprocess) {
        return std::make_unique<CoprocessSink>(loop, plan, output, log);
    }
    return std::make_unique<CommandSink>(loop, plan.cmd, plan.max_time, output, log);
}

}  // namespace runnel
