#include "app/batch_command.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>

#include "app/batch_run.hpp"
#include "app/batch_sinks.hpp"
#include "app/client_run.hpp"

namespace runnel {

namespace {

/// Nothing but a ping is asked for.
constexpr std::size_t kConnections = 1;

Result<std::size_t> prepare(RunFiles& files, const BatchOptions& options, Log& log) {
    Result<void> prepared = check(options);
    if (prepared) {
        prepared = files.dead_letters.open(options.dead_letter);
    }
    if (prepared) {
        prepared = files.journal.open(options.journal, options.resume, log);
    }
    return prepared ? Result<std::size_t>(kConnections) : std::move(prepared).error();
}

}  // namespace

int run_batch(const BatchOptions& options, Log& log, TimePoint started) {
    RunFiles files;
    const http::Policy pings;
    const auto body = [&](ClientRun& at_hand) {
        if (isatty(STDIN_FILENO) == 1) {
            std::fputs("runnel: reading lines from the terminal; end with Ctrl-D\n", stderr);
        }
        const std::unique_ptr<BatchSink> sink =
            make_batch_sink(at_hand.loop, options, at_hand.output, log);
        BatchRun batch_run(at_hand.loop, options, *sink, files, at_hand.output, log,
                           at_hand.started);
        return run(at_hand.loop, batch_run.run());
    };
    return run_client(
        options.cron, pings, log, started, [&] { return prepare(files, options, log); }, body);
}

}  // namespace runnel
