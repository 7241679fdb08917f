#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "async/cancelled.hpp"
#include "base/ensure.hpp"

namespace runnel {

/// How a task ended: with a value, with an exception, or cancelled. For those who want to see every
/// ending of several tasks; get() turns it back into what awaiting the task would have done.
template <class T>
class Outcome {
public:
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    Outcome() = default;

    [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
    [[nodiscard]] bool cancelled() const noexcept { return !value_ && !exception_; }
    /// Null unless the task threw.
    [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

    /// The value, which stays here; throws what the task threw.
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

}  // namespace runnel
