#include "service/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <random>

#include "async/context.hpp"
#include "async/sleep.hpp"

namespace runnel {

namespace {

bool is_wrong(const Finding& finding) { return finding.level == Finding::Level::Failed; }

std::optional<Error> error_of(const std::vector<Finding>& findings, const Observation& seen) {
    const auto wrong = std::ranges::find_if(findings, is_wrong);
    if (seen.failure) {
        return seen.failure;
    }
    if (wrong == findings.end()) {
        return std::nullopt;
    }
    return wrong->name == "expect"
               ? Error(ErrorClass::HttpStatus, fmt::format("status {}", seen.trace.status))
               : Error(ErrorClass::Expect, to_sentence(*wrong));
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

CheckResult CheckResult::judged(const CheckTarget& checked, Observation seen) {
    CheckResult result(checked);
    result.findings = checked.request.connect_only ? checked.assertions.judge_connection(seen)
                                                   : checked.assertions.judge(seen);
    result.error = error_of(result.findings, seen);
    const bool warned = std::ranges::any_of(result.findings, [](const Finding& finding) {
        return finding.level == Finding::Level::Warn;
    });
    if (!result.error) {
        result.state = warned ? CheckState::Warn : CheckState::Up;
    }
    result.seen = std::move(seen);
    result.seen.body.reset();
    return result;
}

void CheckResult::give_up(const Error& why) {
    const unsigned made = attempts;
    seen.failure = why;
    *this = judged(*target, std::move(seen));
    attempts = made;
}

void CheckResult::invert() {
    if (is_up()) {
        state = CheckState::Down;
        error = Error(ErrorClass::Expect, "it is up, and --invert wants it to be down");
    } else {
        state = CheckState::Up;
        error.reset();
    }
}

Checker::Checker(http::Client& client, const http::RetryRules& rules, bool invert,
                 Scheduler& scheduler)
    : client_(client),
      rules_(rules),
      invert_(invert),
      scheduler_(scheduler),
      budget_(rules),
      random_(std::random_device()()) {}

Task<void> Checker::check(const CheckTarget& target, CheckResult& result) {
    http::Retry retry(rules_, budget_, random_, target.request.method, scheduler_.now());
    Observation seen;
    for (;;) {
        try {
            co_await look(target, seen);
        } catch (const Cancelled&) {
            if (result.is_open()) {
                result.seen = std::move(seen);
                result.attempts = retry.attempts();
            }
            throw;
        }
        const http::Trace before = seen.trace;
        result = CheckResult::judged(target, std::move(seen));
        result.attempts = retry.attempts();
        if (invert_) {
            result.invert();
        }
        if (!result.error) {
            co_return;
        }
        const std::optional<Duration> wait =
            retry.next(*result.error, before.status, scheduler_.now(), std::nullopt);
        if (!wait) {
            co_return;
        }
        co_await sleep_for(*wait);
        seen = Observation();
        seen.trace = before;
        seen.trace.prepare();
    }
}

/// One attempt.
Task<void> Checker::look(const CheckTarget& target, Observation& seen) {
    Result<std::unique_ptr<http::Response>> response =
        co_await client_.send(target.request, seen.trace);
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
    if (seen.trace.certificate_expires) {
        seen.certificate_left = *seen.trace.certificate_expires - std::chrono::system_clock::now();
    }
}

/// To its end in any case: the time counts, and that it is whole.
Task<Result<void>> Checker::read_body(const CheckTarget& target, http::Response& response,
                                      Observation& seen) {
    const bool kept = target.assertions.need_body();
    std::string body;
    for (;;) {
        const Result<std::string_view> piece = co_await response.read();
        if (!piece) {
            co_return piece.error();
        }
        if (piece->empty()) {
            break;
        }
        seen.body_size += piece->size();
        if (kept) {
            body += *piece;
        }
    }
    if (kept) {
        seen.body = std::move(body);
    }
    co_return Result<void>();
}

}  // namespace runnel
