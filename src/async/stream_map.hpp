#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/stream.hpp"

namespace runnel {

namespace detail {

/// What a function gives in the end: the value of a Task, or what is no Task as it is.
template <class T>
struct Awaited {
    using Type = T;
    static constexpr bool kIsTask = false;
};
template <class T>
struct Awaited<Task<T>> {
    using Type = T;
    static constexpr bool kIsTask = true;
};

template <class T, class Function>
class MapSource final
    : public StreamSource<typename Awaited<std::invoke_result_t<Function&, T>>::Type> {
    using Given = Awaited<std::invoke_result_t<Function&, T>>;
    using Value = typename Given::Type;

public:
    MapSource(AsyncStream<T> source, Function function)
        : source_(std::move(source)), function_(std::move(function)) {}

    Task<std::optional<Value>> next() override {
        std::optional<T> item = co_await source_.next();
        if (!item) {
            co_return std::nullopt;
        }
        if constexpr (Given::kIsTask) {
            Task<Value> task = function_(std::move(*item));
            std::optional<Value> value(co_await std::move(task));
            co_return value;
        } else {
            co_return std::optional<Value>(function_(std::move(*item)));
        }
    }
    Task<void> stop() override { return source_.stop(); }

private:
    AsyncStream<T> source_;
    Function function_;
};

}  // namespace detail

/// \a function of each item: its value, or that of the Task it gives, which is awaited before the
/// next item is asked for. To have several of those tasks run at once: buffered(), which takes a
/// function too. The item whose function failed or was stopped is gone; the next call goes on
/// behind it.
template <class T, class Function>
[[nodiscard]] auto map(AsyncStream<T> stream, Function function) {
    using Source = detail::MapSource<T, Function>;
    using Value = typename detail::Awaited<std::invoke_result_t<Function&, T>>::Type;
    return AsyncStream<Value>(std::make_unique<Source>(std::move(stream), std::move(function)));
}

}  // namespace runnel
