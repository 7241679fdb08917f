#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "async/task.hpp"

namespace runnel {

/// How a task ended: with a value, with an exception, or cancelled. get() turns it back into what
/// awaiting the task would have done.
template <class T>
class Outcome {
public:
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    Outcome() = default;

    [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
    [[nodiscard]] bool cancelled() const noexcept { return !value_ && !exception_; }
    /// Null unless the task threw.
    [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

    /// Returns the value, which stays here; throws what the task threw.
    std::add_lvalue_reference_t<T> value() {
        if (exception_) {
            std::rethrow_exception(exception_);
        }
        if (!value_) {
            throw Cancelled();
        }
        if constexpr (!std::is_void_v<T>) {
            return *value_;
        }
    }
    /// Moves the value out; throws what the task threw.
    T get() {
        if constexpr (std::is_void_v<T>) {
            value();
        } else {
            return std::move(value());
        }
    }

    template <class... Args>
    void set_value(Args&&... args) {
        value_.emplace(std::forward<Args>(args)...);
    }
    void set_exception(std::exception_ptr exception) noexcept { exception_ = std::move(exception); }

private:
    std::optional<Value> value_;
    std::exception_ptr exception_;
};

namespace detail {

/// Awaits \a task and stores how it ended in \a outcome, which must live until then.
template <class T>
Task<void> collect(Task<T> task, Outcome<T>& outcome) {
    try {
        Task<T> child = std::move(task);
        if constexpr (std::is_void_v<T>) {
            co_await std::move(child);
            outcome.set_value();
        } else {
            outcome.set_value(co_await std::move(child));
        }
    } catch (const Cancelled&) {
        // An Outcome without value or exception means cancelled.
    } catch (...) {
        outcome.set_exception(std::current_exception());
    }
}

}  // namespace detail
}  // namespace runnel
