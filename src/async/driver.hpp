#pragma once

#include <coroutine>
#include <exception>

#include "async/context.hpp"

namespace runnel::detail {

/// The coroutine type at the root of a tree of tasks: starts at once, in the context that is its
/// first argument, and frees its own frame at the end. Whoever starts one must know when it has
/// ended; TaskGroup and run() do, and nobody else makes them. It must let no exception out.
struct Driver {
    struct promise_type : PromiseBase {
        template <class... Rest>
        explicit promise_type(const Context& given, Rest&... /*rest*/) noexcept {
            context = &given;
        }
        Driver get_return_object(SourcePlace defined = SourcePlace::here()) noexcept {
            at = defined;
            return {};
        }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace runnel::detail
