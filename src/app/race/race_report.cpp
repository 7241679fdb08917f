#include "app/race/race_report.hpp"

#include <fmt/format.h>

#include <chrono>

#include "app/race/race_options.hpp"
#include "base/text.hpp"
#include "json/extract.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

using State = RaceAttempt::State;

std::string tell(const RaceAttempt& attempt) {
    const std::string& name = attempt.source->name;
    if (attempt.is_answer()) {
        return fmt::format("{} finished with result: {}, took: {:.2f} s", name,
                           abbreviated(attempt.value), to_seconds(*attempt.took));
    }
    if (attempt.state == State::Pending) {
        return fmt::format("{} was not asked", name);
    }
    const Error& error = *attempt.error;
    if (attempt.state == State::Cancelled && error.error_class() != ErrorClass::Deadline) {
        return fmt::format("{} was cancelled: {}", name, error.message());
    }
    return fmt::format("{} {}: {}: {}", name,
                       attempt.state == State::Invalid ? "gave no answer" : "is unresponsive",
                       to_string(error.error_class()), error.message());
}

/// Of a race without an answer.
ExitStatus status_of(Race::Outcome end) {
    switch (end) {
        case Race::Outcome::Deadline: return ExitStatus::Deadline;
        case Race::Outcome::Interrupted: return ExitStatus::Success;  // the signal has its own
        case Race::Outcome::Answered:
        case Race::Outcome::NoAnswer: break;
    }
    return ExitStatus::NoAnswer;
}

void append_ip_members(const Race& race, const RaceAnswer& answer, JsonObjectWriter& object) {
    object.member("ip", answer.value);
    object.member("message", answer.ok ? "result from " + answer.source : why_unanswered(race));
}

}  // namespace

void RaceReport::retrying(const Source& source, const Error& failure, Duration wait) {
    log_.info(fmt::format("{}: {}: {}; again in {:.3g} s", source.name,
                          to_string(failure.error_class()), failure.message(), to_seconds(wait)));
}

void RaceReport::ended(const RaceAttempt& attempt) {
    if (output_.error()) {
        return;  // that ends the race, and is told by Shutdown
    }
    if (options_.rules.all) {
        print_attempt(attempt);
    }
    // Of several that all are to speak, those who do not are no matter of course.
    if (options_.rules.all && !options_.json && !attempt.is_answer()) {
        log_.error(tell(attempt));
    } else {
        log_.info(tell(attempt));
    }
}

void RaceReport::print_attempt(const RaceAttempt& attempt) {
    std::string line;
    if (options_.json) {
        JsonObjectWriter object(line);
        object.member("type", "attempt");
        append_members(attempt, object);
        object.end_line();
    } else if (attempt.is_answer()) {
        append_field(line, attempt.source->name);
        line += '\t';
        append_field(line, attempt.value);
        line += '\n';
    }
    output_.append_from(line);
}

void RaceReport::decided(const Race& race) {
    if (output_.error()) {
        return;
    }
    RaceAnswer answer;
    if (race.winner() != nullptr) {
        answer.ok = true;
        answer.value = race.winner()->value;
        answer.source = race.winner()->source->name;
    } else if (options_.fallback && race.outcome() != Race::Outcome::Interrupted) {
        answer.value = options_.fallback;
        answer.source = "fallback";
        status_ = static_cast<ExitStatus>(options_.fallback_exit);
    } else {
        status_ = status_of(*race.outcome());
    }
    if (options_.rules.all) {
        print_rest(race, answer);
    } else {
        print_decision(race, answer);
    }
    if (!answer.ok) {
        tell_failure(race, answer);
    }
}

void RaceReport::print_rest(const Race& race, const RaceAnswer& answer) {
    for (const RaceAttempt& attempt : race.attempts()) {
        if (attempt.state == State::Pending) {
            ended(attempt);
        }
    }
    if (!answer.ok && answer.value) {
        print_fallback();
    }
}

/// In the place of an attempt.
void RaceReport::print_fallback() {
    std::string line;
    if (options_.json) {
        JsonObjectWriter object(line);
        object.member("type", "attempt");
        object.member("name", "fallback");
        object.null("url");
        object.member("state", "valid");
        object.member("value", *options_.fallback);
        object.null("error");
        object.null("time_total");
        object.end_line();
    } else {
        line = "fallback\t";
        append_field(line, *options_.fallback);
        line += '\n';
    }
    output_.append_from(line);
}

void RaceReport::print_decision(const Race& race, const RaceAnswer& answer) {
    std::string line;
    if (options_.json) {
        JsonObjectWriter object(line);
        append_members(race, answer, object);
        if (about_ip_) {
            append_ip_members(race, answer, object);
        }
        object.end_line();
    } else if (answer.value) {
        line = *answer.value + '\n';
    }
    output_.append_from(line);
}

/// With a fallback it is no surprise. Without one and without `-v` nothing was told so far.
void RaceReport::tell_failure(const Race& race, const RaceAnswer& answer) {
    const std::string why = why_unanswered(race);
    if (answer.value) {
        log_.info(why);
        return;
    }
    if (!log_.verbose() && !options_.rules.all) {
        for (const RaceAttempt& attempt : race.attempts()) {
            log_.error(tell(attempt));
        }
    }
    log_.error(why);
}

}  // namespace runnel
