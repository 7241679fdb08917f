#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/stream.hpp"

namespace runnel {

namespace detail {

/// The type of T once awaited: the value type of a Task, or T itself.
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

/// Applies \a function to each item. If it returns a Task, the task is awaited before the next item
/// is requested; to run several tasks concurrently use buffered(). If \a function fails or is
/// stopped, its item is lost and the next call continues with the following one.
template <class T, class Function>
[[nodiscard]] auto map(AsyncStream<T> stream, Function function) {
    using Source = detail::MapSource<T, Function>;
    using Value = typename detail::Awaited<std::invoke_result_t<Function&, T>>::Type;
    return AsyncStream<Value>(std::make_unique<Source>(std::move(stream), std::move(function)));
}

}  // namespace runnel
