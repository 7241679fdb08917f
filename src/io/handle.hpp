#pragma once

#include <uv.h>

#include <memory>
#include <string>
#include <system_error>

#include "base/ensure.hpp"
#include "base/out_of_memory.hpp"

namespace runnel {

/// Checks the status of a libuv call that can fail only because of a bug or a lack of resources.
/// Calls out_of_memory() for lack of memory, throws std::system_error for lack of descriptors, and
/// aborts the program after any other failure. \a call is the name of the function.
inline void require_uv(int status, const char* call) {
    if (status == UV_ENOMEM) {
        out_of_memory();
    }
    if (status == UV_EMFILE || status == UV_ENFILE) {
        throw std::system_error(-status, std::generic_category(), call);
    }
    if (status < 0) {
        const std::string message = std::string(call) + ": " + uv_strerror(status);
        RUNNEL_ENSURE(status >= 0, message.c_str());
    }
}

/// Closes a libuv handle, and frees it in the close callback, as libuv requires. Clears `data`
/// first, so that a late callback can see that its owner is gone.
template <class H>
struct CloseHandle {
    void operator()(H* handle) const noexcept {
        handle->data = nullptr;
        uv_close(reinterpret_cast<uv_handle_t*>(handle),
                 [](uv_handle_t* closed) { delete reinterpret_cast<H*>(closed); });
    }
};

/// Owns an initialised libuv handle. Dropping it never blocks and calls nothing. The handle's loop
/// must run until the close callback was called; the destructor of Loop ensures that.
template <class H>
using HandlePtr = std::unique_ptr<H, CloseHandle<H>>;

/// Makes a handle with \a init, such as uv_poll_init_socket, which gets \a arguments after the loop
/// and the handle. \a owner is the handle's `data`, for the callbacks.
template <class H, class... Parameters, class... Arguments>
[[nodiscard]] HandlePtr<H> make_handle(int (*init)(uv_loop_t*, H*, Parameters...), uv_loop_t* loop,
                                       void* owner, Arguments... arguments) {
    auto handle = std::make_unique<H>();
    handle->data = owner;
    require_uv(init(loop, handle.get(), arguments...), "cannot initialise a libuv handle");
    return HandlePtr<H>(handle.release());
}

/// A callback for libuv that calls \a Member of the handle's owner, a T, with the arguments after
/// the handle. Does nothing once the handle is being closed.
template <class T, auto Member>
inline constexpr auto call_member = [](auto* handle, auto... arguments) {
    if (auto* owner = static_cast<T*>(handle->data)) {
        (owner->*Member)(arguments...);
    }
};

}  // namespace runnel
