#include "io/doorbell.hpp"

#include <utility>

#include "io/uv_error.hpp"

namespace runnel {

Doorbell::Doorbell(Loop& loop, std::function<void()> answer) : answer_(std::move(answer)) {
    auto* async = new uv_async_t;
    async->data = this;
    const auto on_ring = [](uv_async_t* handle) {
        if (auto* self = static_cast<Doorbell*>(handle->data)) {
            self->answer_();
        }
    };
    const int status = uv_async_init(loop.raw(), async, on_ring);
    if (status != 0) {
        delete async;
    }
    require_uv(status, "uv_async_init");
    async_.reset(async);
}

}  // namespace runnel
