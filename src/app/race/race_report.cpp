#include "app/race/race_report.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "json/extract.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

using State = RaceAttempt::State;

/// Returns the log line of an attempt.
std::string outcome_of(const RaceAttempt& attempt) {
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

/// Returns the exit status of a race without an answer.
ExitStatus status_of(Race::Outcome outcome) {
    switch (outcome) {
        case Race::Outcome::Deadline: return ExitStatus::Deadline;
        case Race::Outcome::Interrupted: return ExitStatus::Success;  // the signal sets the status
        case Race::Outcome::Answered:
        case Race::Outcome::NoAnswer: break;
    }
    return ExitStatus::NoAnswer;
}

void append_ip_members(const Race& race, const RaceAnswer& answer, JsonObjectWriter& object) {
    object.member("ip", answer.value);
    object.member("message", answer.ok ? "result from " + answer.source : why_unanswered(race));
}

/// Appends a line of `--all`: the name and the value of a source.
void append_row(std::string_view name, std::string_view value, std::string& out) {
    append_field(out, name);
    out += '\t';
    append_field(out, value);
    out += '\n';
}

}  // namespace

void RaceReport::retrying(const Source& source, const Error& failure, Duration wait) {
    log_.info(fmt::format("{}: {}: {}; retrying in {:.3g} s", source.name,
                          to_string(failure.error_class()), failure.message(), to_seconds(wait)));
}

void RaceReport::ended(const RaceAttempt& attempt) {
    if (output_.error()) {
        return;  // that ends the race, and Shutdown logs it
    }
    if (plan_.rules.all) {
        print_attempt(attempt);
    }
    // With --all every source should answer, so a failure is an error.
    if (plan_.rules.all && !plan_.json && !attempt.is_answer()) {
        log_.error(outcome_of(attempt));
    } else {
        log_.info(outcome_of(attempt));
    }
}

void RaceReport::print_attempt(const RaceAttempt& attempt) {
    std::string line;
    if (plan_.json) {
        JsonObjectWriter object(line);
        object.member("type", "attempt");
        append_members(attempt, object);
        object.end_line();
    } else if (attempt.is_answer()) {
        append_row(attempt.source->name, attempt.value, line);
    }
    output_.append_from(line);
}

void RaceReport::decided(const Race& race) {
    if (output_.error()) {
        return;
    }
    RaceAnswer answer;
    if (race.winner() != nullptr) {
        if (!change_.differs(race.winner()->value)) {
            log_.info("the value has not changed");
            return;
        }
        changed_ = race.winner()->value;
        answer.ok = true;
        answer.value = race.winner()->value;
        answer.source = race.winner()->source->name;
    } else if (plan_.fallback && race.outcome() != Race::Outcome::Interrupted) {
        answer.value = plan_.fallback;
        answer.source = "fallback";
        status_ = plan_.fallback_status;
    } else {
        status_ = status_of(*race.outcome());
    }
    if (!plan_.rules.all) {
        print_decision(race, answer);
    } else {
        print_unasked(race);
        if (!answer.ok && answer.value) {
            print_fallback();
        }
    }
    if (!answer.ok) {
        log_failure(race, answer);
    }
}

void RaceReport::print_unasked(const Race& race) {
    for (const RaceAttempt& attempt : race.attempts()) {
        if (attempt.state == State::Pending) {
            ended(attempt);
        }
    }
}

/// Prints the fallback, with `--all` in the format of an attempt.
void RaceReport::print_fallback() {
    std::string line;
    if (plan_.json) {
        JsonObjectWriter object(line);
        object.member("type", "attempt");
        object.member("name", "fallback");
        object.null("url");
        object.member("state", "valid");
        object.member("value", *plan_.fallback);
        object.null("error");
        object.null("time_total");
        object.end_line();
    } else {
        append_row("fallback", *plan_.fallback, line);
    }
    output_.append_from(line);
}

void RaceReport::print_decision(const Race& race, const RaceAnswer& answer) {
    std::string line;
    if (plan_.json) {
        JsonObjectWriter object(line);
        append_members(race, answer, object);
        if (plan_.about_ip) {
            append_ip_members(race, answer, object);
        }
        object.end_line();
    } else if (answer.value) {
        line = *answer.value + '\n';
    }
    output_.append_from(line);
}

/// Logs why there is no answer. If there is a fallback, logs it with `-v` only. Otherwise logs the
/// attempts as well, unless ended() has logged them.
void RaceReport::log_failure(const Race& race, const RaceAnswer& answer) {
    const std::string why = why_unanswered(race);
    if (answer.value) {
        log_.info(why);
        return;
    }
    if (!log_.verbose() && !plan_.rules.all) {
        for (const RaceAttempt& attempt : race.attempts()) {
            log_.error(outcome_of(attempt));
        }
    }
    log_.error(why);
}

}  // namespace runnel
