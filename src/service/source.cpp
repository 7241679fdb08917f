#include "service/source.hpp"

#include <fmt/format.h>

#include <memory>
#include <random>

#include "async/sleep.hpp"
#include "http/body.hpp"

namespace runnel {

namespace {

Result<std::string> value_of(const Source& source, std::string_view body) {
    Result<std::string> value = source.extraction.take(body);
    for (const Validator& validator : source.validators) {
        if (!value) {
            break;
        }
        value = validator.check(*std::move(value));
    }
    return value;
}

}  // namespace

Asker::Asker(http::Client& client, const http::RetryRules& rules, Scheduler& scheduler,
             Retrying retrying)
    : client_(client),
      rules_(rules),
      scheduler_(scheduler),
      retrying_(std::move(retrying)),
      budget_(rules),
      random_(std::random_device()()) {}

Task<Result<std::string>> Asker::ask(const Source& source) {
    http::Retry retry(rules_, budget_, random_, source.request.method, scheduler_.now());
    http::Trace trace;
    for (;;) {
        trace.prepare();
        Result<std::string> answer = co_await ask_once(source, trace);
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

Task<Result<std::string>> Asker::ask_once(const Source& source, http::Trace& trace) {
    Result<std::unique_ptr<http::Response>> response = co_await client_.send(source.request, trace);
    if (!response) {
        co_return std::move(response).error();
    }
    const int status = (*response)->status();
    if (!source.expect.contains(status)) {
        co_return Error(ErrorClass::HttpStatus, fmt::format("status {}", status));
    }
    const Result<std::string> body = co_await http::read_whole(**response);
    if (!body) {
        co_return body.error();
    }
    co_return value_of(source, *body);
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
