#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace runnel {

/// Receives the output of one input. Used in the loop's thread; no function waits.
class ItemSink {
public:
    /// Called once with the outcome of all bytes: written, or lost because of \a failure. Must not
    /// throw.
    using Settled = std::function<void(const std::optional<Error>& failure)>;

    ItemSink() = default;
    ItemSink(const ItemSink&) = delete;
    ItemSink& operator=(const ItemSink&) = delete;
    virtual ~ItemSink() = default;

    virtual void append(std::string_view bytes) = 0;
    /// Appends all of \a buffer, whose content is unspecified afterwards.
    virtual void append_from(std::string& buffer) = 0;
    /// Ends the output. Calls \a settled, if set, in the loop's thread: at once, or when the bytes
    /// were written.
    virtual void end(Settled settled) = 0;
};

}  // namespace runnel
