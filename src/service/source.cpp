#include "service/source.hpp"

#include <fmt/format.h>

#include <memory>

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

Task<Result<std::string>> ask(const Source& source, http::Client& client, http::Trace& trace) {
    Result<std::unique_ptr<http::Response>> response = co_await client.send(source.request, trace);
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
        case ErrorClass::Extract:
        case ErrorClass::Expect: return true;
        default: return false;
    }
}

}  // namespace runnel
