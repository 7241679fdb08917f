#pragma once

#include "base/error.hpp"

namespace runnel {
class Event;
}

namespace runnel::http {

/// A hop that a client is working on.
class Exchange {
public:
    /// Makes the hop fail with \a reason in a later turn. Must not be called inside a callback of
    /// libcurl.
    virtual void abort(const Error& reason) = 0;

protected:
    ~Exchange() = default;
};

/// Observes one hop until its response headers are in or it has failed.
class HopListener {
public:
    /// \a exchange can be aborted from now on; null when it no longer can. May be called inside a
    /// callback of libcurl.
    virtual void exchange_changed(Exchange* exchange) noexcept = 0;
    /// Called before the request is sent on a new or reused connection, and again if it is sent
    /// once more on another connection. May be called inside a callback of libcurl, so it may only
    /// record and post.
    virtual void connected() noexcept = 0;

protected:
    ~HopListener() = default;
};

/// How to send one hop, apart from what its request says.
class SendOptions {
public:
    /// Once this is set, the hop and its response no longer wait for a permit, because the holders
    /// of permits wait for this input. Null if there is none. Must outlive the response.
    Event* turn = nullptr;
    /// Fail instead of waiting for a permit: see HedgeClient.
    bool now_or_never = false;
    /// Null if there is none. Must live until send() returns.
    HopListener* listener = nullptr;
};

}  // namespace runnel::http
