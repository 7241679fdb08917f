#include "app/mock_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "app/cli/option_table.hpp"
#include "app/console/exit_status.hpp"
#include "app/run/run_context.hpp"
#include "async/when_any.hpp"
#include "io/debug_signal.hpp"
#include "io/descriptor_limit.hpp"
#include "io/output.hpp"
#include "io/signals.hpp"
#include "mock/demo_routes.hpp"
#include "mock/routes_file.hpp"
#include "mock/server.hpp"

namespace runnel {

namespace {

Result<mock::Routes> routes_of(const MockOptions& options) {
    if (options.demo == !options.routes.empty()) {
        return bad_input("mock: name a file of routes, or ask for --demo");
    }
    return options.demo ? mock::demo_routes() : mock::load_routes(options.routes);
}

/// `GET /user 200`, `GET /reset 200 reset`
std::string line_of(const mock::Request& request, const mock::Answer& answer) {
    const std::string_view fault = to_string(answer.fault);
    return fmt::format("{} {} {}{}{}", request.method, request.target, answer.status,
                       fault.empty() ? "" : " ", fault);
}

Task<ExitStatus> end_by_signal(Signals& signals) {
    const int signal = co_await signals.next();
    co_return status_of_signal(signal);
}

Task<ExitStatus> end_by_output(Output& output) {
    co_await output.failed().wait();
    const bool reader_left = output.error()->code() == EPIPE;
    co_return reader_left ? ExitStatus::ReaderGone : ExitStatus::OutputFailed;
}

Task<ExitStatus> wait_for_end(Signals& signals, Output& output) {
    std::vector<Task<ExitStatus>> ends;
    ends.push_back(end_by_signal(signals));
    ends.push_back(end_by_output(output));
    First<ExitStatus> first = co_await when_any(std::move(ends));
    co_return first.outcome.get();
}

ExitStatus serve(mock::Listener listener, mock::Routes routes, Log& log) {
    Loop loop;
    const DebugSignal debug_signal(loop);
    Signals signals(loop);
    Output output(loop, STDOUT_FILENO);
    ExitStatus status = ExitStatus::Success;
    {
        // While the server exists, its thread owns the log; a slow reader of stderr slows it down.
        const auto tell = [&log](const mock::Request& request, const mock::Answer& answer) {
            log.info(line_of(request, answer));
        };
        const mock::MockServer server(std::move(listener), std::move(routes), tell);
        output.append(server.url() + "\n");
        status = run(loop, wait_for_end(signals, output));
    }
    if (status == ExitStatus::OutputFailed) {
        log.error(output.error()->message());
    }
    return status;
}

}  // namespace

void describe_mock(OptionSet& set, MockOptions& options) {
    set.group("Server");
    set.text(options::kMockRoutes, options.routes);
    set.text(options::kMockListen, options.listen);
    set.flag(options::kMockDemo, options.demo);
}

int run_mock(const MockOptions& options, Log& log, TimePoint /*started*/) {
    Result<mock::Routes> routes = routes_of(options);
    if (!routes) {
        return static_cast<int>(refuse(routes.error(), log));
    }
    Result<mock::Listener> listener = mock::listen_on(options.listen);
    if (!listener) {
        return static_cast<int>(refuse(listener.error(), log));
    }
    connection_limit();
    ExitStatus status = ExitStatus::Success;
    try {
        status = serve(*std::move(listener), *std::move(routes), log);
    } catch (const std::system_error& failure) {
        // The threads could not be started.
        log.error(fmt::format("the system has no room: {}", failure.what()));
        status = ExitStatus::Internal;
    }
    if (status == ExitStatus::OutputFailed || status == ExitStatus::Failed) {
        log.release();
    }
    return static_cast<int>(status);
}

}  // namespace runnel
