#include "service/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "async/context.hpp"

namespace runnel {

namespace {

std::optional<Error> error_of(const std::vector<AssertionResult>& assertions,
                              const Observation& seen) {
    if (seen.failure) {
        return seen.failure;
    }
    const auto failed =
        std::ranges::find(assertions, AssertionResult::Level::Failed, &AssertionResult::level);
    if (failed == assertions.end()) {
        return std::nullopt;
    }
    return failed->name == "expect"
               ? Error(ErrorClass::HttpStatus, fmt::format("status {}", seen.trace.status))
               : Error(ErrorClass::Expect, to_sentence(*failed));
}

}  // namespace

std::string_view to_string(CheckState state) noexcept {
    switch (state) {
        case CheckState::Up: return "up";
        case CheckState::Warn: return "warn";
        case CheckState::Down: return "down";
    }
    return "";
}

CheckResult CheckResult::evaluate(const CheckTarget& checked, Observation seen) {
    CheckResult result(checked);
    result.assertions = checked.request.connect_only ? checked.assertions.evaluate_connection(seen)
                                                     : checked.assertions.evaluate(seen);
    result.error = error_of(result.assertions, seen);
    if (!result.error) {
        const bool good = std::ranges::all_of(result.assertions, [](const AssertionResult& each) {
            return each.level == AssertionResult::Level::Ok;
        });
        result.state = good ? CheckState::Up : CheckState::Warn;
    }
    result.seen = std::move(seen);
    result.seen.body.reset();
    return result;
}

void CheckResult::abort(const Error& why) {
    const unsigned made = attempts;
    seen.failure = why;
    *this = evaluate(*target, std::move(seen));
    attempts = made;
}

void CheckResult::invert() {
    if (is_up()) {
        state = CheckState::Down;
        error = Error(ErrorClass::Expect, "the target is up, but --invert expects it to be down");
    } else {
        state = CheckState::Up;
        error.reset();
    }
}

Checker::Checker(http::Client& client, const http::RetryRules& rules, bool invert,
                 Scheduler& scheduler)
    : client_(client), invert_(invert), retrier_(rules, scheduler) {}

Task<void> Checker::check(const CheckTarget& target, CheckResult& result) {
    http::Trace trace;
    unsigned attempts = 0;
    const auto attempt = [&] { return this->attempt(target, trace, ++attempts, result); };
    const Result<void> last =
        co_await retrier_.run(target.request, trace, attempt, http::Retrier::sleep);
    if (!last) {
        result.error = last.error();  // its message may say why there was no retry
    }
}

Task<Result<void>> Checker::attempt(const CheckTarget& target, http::Trace& trace, unsigned number,
                                    CheckResult& result) {
    Observation seen;
    seen.trace = trace;
    try {
        co_await observe(target, seen);
    } catch (const Cancelled&) {
        if (result.is_unfinished()) {
            result.seen = std::move(seen);
            result.attempts = number;
        }
        throw;
    }
    trace = seen.trace;
    result = CheckResult::evaluate(target, std::move(seen));
    result.attempts = number;
    if (invert_) {
        result.invert();
    }
    co_return result.error ? Result<void>(*result.error) : Result<void>();
}

Task<void> Checker::observe(const CheckTarget& target, Observation& seen) {
    Result<std::unique_ptr<http::Response>> response =
        co_await client_.send(target.request, http::SendOptions(), seen.trace);
    if (!response) {
        seen.failure = std::move(response).error();
        co_return;
    }
    seen.headers = (*response)->headers();
    const Result<void> read = co_await read_body(target, **response, seen);
    if (!read) {
        seen.failure = read.error();
    }
    response->reset();
    if (seen.trace.certificate) {
        seen.certificate_left = seen.trace.certificate->expires - std::chrono::system_clock::now();
    }
}

/// Reads to the end even if the body is not needed, to measure the time and detect truncation.
Task<Result<void>> Checker::read_body(const CheckTarget& target, http::Response& response,
                                      Observation& seen) {
    const bool kept = target.assertions.need_body();
    std::string body;
    for (;;) {
        RUNNEL_CO_TRY_ASSIGN(const std::string_view piece, co_await response.read());
        if (piece.empty()) {
            break;
        }
        seen.body_size += piece.size();
        if (kept) {
            body += piece;
        }
    }
    if (kept) {
        seen.body = std::move(body);
    }
    co_return Result<void>();
}

}  // namespace runnel
