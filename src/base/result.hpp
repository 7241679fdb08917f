#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/ensure.hpp"
#include "base/error.hpp"

namespace runnel {

/// A value or an Error. For failures that users of the program can cause; broken invariants abort
/// the program, and cancellation is thrown (Cancelled in async/context.hpp). Calling value() of a
/// failure or error() of a success aborts the program.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] T& value() & {
        RUNNEL_ENSURE(ok(), "value() of a failed Result");
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] const T& value() const& {
        RUNNEL_ENSURE(ok(), "value() of a failed Result");
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] T&& value() && {
        RUNNEL_ENSURE(ok(), "value() of a failed Result");
        return std::move(*std::get_if<0>(&state_));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const& {
        RUNNEL_ENSURE(state_.index() == 1, "error() of a successful Result");
        return *std::get_if<1>(&state_);
    }
    [[nodiscard]] Error&& error() && {
        RUNNEL_ENSURE(state_.index() == 1, "error() of a successful Result");
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] const Error& error() const& {
        RUNNEL_ENSURE(!ok(), "error() of a successful Result");
        return *error_;
    }
    [[nodiscard]] Error&& error() && {
        RUNNEL_ENSURE(!ok(), "error() of a successful Result");
        return std::move(*error_);
    }

private:
    std::optional<Error> error_;
};

}  // namespace runnel

/// RUNNEL_TRY(expression) evaluates a Result; if it failed, returns its error from the enclosing
/// function. RUNNEL_TRY_ASSIGN(declaration, expression) also initialises or assigns from the value:
///
///     RUNNEL_TRY_ASSIGN(const Duration limit, parse_duration(text));
///
/// RUNNEL_CO_TRY and RUNNEL_CO_TRY_ASSIGN do the same in coroutines; \a expression may be a
/// co_await. Each is several statements: after an `if` put it into braces.
#define RUNNEL_TRY(...)                                       \
    if (auto runnel_result = (__VA_ARGS__); !runnel_result) { \
        return std::move(runnel_result).error();              \
    }
#define RUNNEL_CO_TRY(...)                                  \
    if (auto runnel_result = __VA_ARGS__; !runnel_result) { \
        co_return std::move(runnel_result).error();         \
    }
#define RUNNEL_TRY_ASSIGN(declaration, ...) \
    RUNNEL_TRY_STEPS(return, RUNNEL_JOINED(runnel_result_, __LINE__), declaration, __VA_ARGS__)
#define RUNNEL_CO_TRY_ASSIGN(declaration, ...) \
    RUNNEL_TRY_STEPS(co_return, RUNNEL_JOINED(runnel_result_, __LINE__), declaration, __VA_ARGS__)

// Parts of the above.
#define RUNNEL_TRY_STEPS(leave, result, declaration, ...) \
    auto result = __VA_ARGS__;                            \
    if (!result) {                                        \
        leave std::move(result).error();                  \
    }                                                     \
    declaration = *std::move(result)
#define RUNNEL_JOINED(a, b) RUNNEL_JOINED_AGAIN(a, b)
#define RUNNEL_JOINED_AGAIN(a, b) a##b
