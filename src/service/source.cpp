#include "service/source.hpp"

#include <fmt/format.h>

#include <memory>
#include <random>

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
    : client_(client),
      rules_(rules),
      scheduler_(scheduler),
      retrying_(std::move(retrying)),
      budget_(rules),
      random_(std::random_device()()) {}

Task<Result<std::string>> SourceClient::fetch(const Source& source) {
    http::Retry retry(rules_, budget_, random_, source.request.method, scheduler_.now());
    http::Trace trace;
    for (;;) {
        trace.prepare();
        Result<std::string> answer = co_await fetch_once(source, trace);
        if (answer) {
            co_return answer;
        }
        const std::optional<Duration> wait =
            retry.next(answer.error(), trace.status, scheduler_.now(), std::nullopt);
        if (!wait) {
            co_return answer;
        }
        if (retrying_) {
            retrying_(source, answer.error(), *wait);
        }
        co_await sleep_for(*wait);
    }
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
