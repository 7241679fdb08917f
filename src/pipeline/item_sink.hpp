#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace runnel {

/// Where the bytes of one input leave to. For the loop's thread; nothing here waits.
class ItemSink {
public:
    /// Told once what became of all the bytes: taken, or not because of \a failure. Never throws.
    using Settled = std::function<void(const std::optional<Error>& failure)>;

    ItemSink() = default;
    ItemSink(const ItemSink&) = delete;
    ItemSink& operator=(const ItemSink&) = delete;
    virtual ~ItemSink() = default;

    virtual void append(std::string_view bytes) = 0;
    /// The same for all of \a buffer, which is of no use afterwards.
    virtual void append_from(std::string& buffer) = 0;
    /// That was all. \a settled, if there is one, is called in the loop's thread: here, or later,
    /// when whoever takes the bytes has said so.
    virtual void end(Settled settled) = 0;
};

}  // namespace runnel
