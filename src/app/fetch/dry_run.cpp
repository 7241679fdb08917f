#include "app/fetch/dry_run.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/format/item.hpp"
#include "app/output/stdout_sink.hpp"

namespace runnel {

DryRun::DryRun(Loop& loop, const FetchPlan& plan, const RequestMaker& maker, InputReader& inputs,
               Output& output, Log& log, TimePoint started)
    : loop_(loop),
      plan_(plan),
      maker_(maker),
      inputs_(inputs),
      output_(output),
      log_(log),
      shutdown_(loop, output, log, Deadline::after(started, plan.deadline), plan.grace),
      failures_(log) {
    output_.set_content(Output::Content::Json);
}

Task<ExitStatus> DryRun::run() {
    Task<void> printing = print_requests();
    Task<void> ending = end();
    co_await shutdown_.oversee(std::move(printing), false, std::move(ending));
    co_return more_severe(status_, shutdown_.status());
}

Task<void> DryRun::end() {
    if (shutdown_.stopped() && !output_.error()) {
        log_.warn(fmt::format("stopped early after reading {} inputs; {}", inputs_.count(),
                              inputs_.describe_end()));
    }
    co_return;
}

Task<void> DryRun::print_requests() {
    for (;;) {
        Result<std::optional<Input>> input = co_await inputs_.next();
        if (!input) {
            log_.error(input.error().message());
            status_ = more_severe(status_, ExitStatus::Failed);
            continue;
        }
        if (!*input) {
            co_return;
        }
        print(**input);
        co_await output_.writable();
        co_await log_.writable();
    }
}

void DryRun::print(Input& input) {
    if (!input.request) {
        StdoutSink nowhere(output_);
        Item item(std::move(input), JournalKey(), loop_.now(), ItemWriter(nowhere));
        item.failure = item.input.request.error();
        failures_.log(to_record(item, loop_.now()));
        status_ = more_severe(status_, ExitStatus::Failed);
        return;
    }
    RequestLine request = maker_.describe(input);
    const std::optional<std::string>& agent = plan_.user_agent;
    if (agent && !http::has_header(input.request->headers, "User-Agent")) {
        request.headers.emplace_back("User-Agent", *agent);
    }
    line_.clear();
    append_json(request, line_);
    output_.append(line_);
}

}  // namespace runnel
