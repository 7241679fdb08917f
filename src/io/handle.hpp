#pragma once

#include <uv.h>

#include <memory>

namespace runnel {

/// Closes a libuv handle; its memory is given back in the close callback, as libuv requires. So
/// dropping a HandlePtr never blocks and never calls anybody: `data` is cleared first, and a late
/// callback finds nobody.
template <class H>
struct CloseHandle {
    void operator()(H* handle) const noexcept {
        handle->data = nullptr;
        uv_close(reinterpret_cast<uv_handle_t*>(handle),
                 [](uv_handle_t* closed) { delete reinterpret_cast<H*>(closed); });
    }
};

/// Owns an initialised libuv handle. The loop it belongs to must turn until the close callback ran;
/// Loop sees to that when it ends.
template <class H>
using HandlePtr = std::unique_ptr<H, CloseHandle<H>>;

}  // namespace runnel
