#include "app/destination.hpp"

#include "app/batch_destination.hpp"
#include "app/batch_sinks.hpp"
#include "app/stdout_destination.hpp"

namespace runnel {

std::unique_ptr<Destination> make_destination(Loop& loop, const FetchOptions& options,
                                              Output& output, RunFiles& files, RunControl& control,
                                              Log& log) {
    if (!options.batches) {
        // As many again as are under way: so many may come twice after a crash.
        const bool remembers = files.journal.wanted() || files.etags.has_value();
        return remembers ? std::make_unique<StdoutDestination>(output, options.limits.jobs)
                         : std::make_unique<StdoutDestination>(output);
    }
    std::unique_ptr<BatchSink> sink = make_batch_sink(loop, *options.batches, output, log);
    return std::make_unique<BatchDestination>(loop, *options.batches, std::move(sink),
                                              files.dead_letters, output, control, log);
}

}  // namespace runnel
