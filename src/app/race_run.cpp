#include "app/race_run.hpp"

#include <utility>

#include "app/race_setup.hpp"

namespace runnel {

namespace {

/// After the deadline stdout may take what was printed so long.
constexpr Duration kLastWords = std::chrono::seconds(1);

}  // namespace

RaceRun::RaceRun(ClientRun& at_hand, const RaceSetup& setup, bool about_ip, Log& log)
    : deadline_(Deadline::after(at_hand.started, setup.options.deadline)),
      has_grace_(setup.options.grace.has_value()),
      control_(at_hand.loop, at_hand.output, log, deadline_.later_by(kLastWords),
               setup.options.grace.value_or(kLastWords),
               has_grace_ ? "the race may go on for its grace" : "the race is called off"),
      admission_(at_hand.network, Admission::Limits(at_hand.jobs), setup.options.rules.retry,
                 never_closed_, at_hand.loop),
      client_(admission_),
      report_(setup.options, about_ip, at_hand.output, log),
      race_(setup.sources, setup.options.rules, client_, at_hand.loop, report_) {}

Task<ExitStatus> RaceRun::run() {
    Task<void> race = race_.run(deadline_);
    co_await control_.oversee(std::move(race), has_grace_);
    co_return more_telling(report_.status(), control_.status());
}

}  // namespace runnel
