#include "service/source.hpp"

#include <fmt/format.h>

#include <memory>

#include "async/sleep.hpp"
#include "http/body.hpp"

namespace runnel {

namespace {

Result<std::string> value_of(const Source& source, std::string_view body) {
    RUNNEL_TRY_ASSIGN(std::string value, source.extraction.extract(body));
    for (const Validator& validator : source.validators) {
        RUNNEL_TRY_ASSIGN(value, validator.check(std::move(value)));
    }
    return value;
}

}  // namespace

SourceClient::SourceClient(http::Client& client, const http::RetryRules& rules,
                           Scheduler& scheduler, Retrying retrying)
    : client_(client), retrying_(std::move(retrying)), retrier_(rules, scheduler) {}

Task<Result<std::string>> SourceClient::fetch(const Source& source) {
    http::Trace trace;
    const auto attempt = [&] { return fetch_once(source, trace); };
    const auto before_retry = [&](const Error& failure, Duration wait) {
        if (retrying_) {
            retrying_(source, failure, wait);
        }
        return sleep_for(wait);
    };
    co_return co_await retrier_.run(source.request, trace, attempt, before_retry);
}

Task<Result<std::string>> SourceClient::fetch_once(const Source& source, http::Trace& trace) {
    RUNNEL_CO_TRY_ASSIGN(const std::unique_ptr<http::Response> response,
                         co_await client_.send(source.request, http::SendOptions(), trace));
    const int status = response->status();
    if (!source.expect.contains(status)) {
        co_return Error(ErrorClass::HttpStatus, fmt::format("status {}", status));
    }
    RUNNEL_CO_TRY_ASSIGN(const std::string body, co_await http::read_whole(*response));
    co_return value_of(source, body);
}

bool is_invalid_answer(const Error& failure) noexcept {
    switch (failure.error_class()) {
        case ErrorClass::HttpStatus:
        case ErrorClass::TooLarge:
        case ErrorClass::Decode:
        case ErrorClass::Redirect:
        case ErrorClass::Extract:
        case ErrorClass::Expect: return true;
        default: return false;
    }
}

}  // namespace runnel
