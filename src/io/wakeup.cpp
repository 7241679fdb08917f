#include "io/wakeup.hpp"

#include <utility>

#include "io/uv_error.hpp"

namespace runnel {

Wakeup::Wakeup(Loop& loop, std::function<void()> answer) : answer_(std::move(answer)) {
    auto* async = new uv_async_t;
    async->data = this;
    const auto on_ring = [](uv_async_t* handle) {
        if (auto* self = static_cast<Wakeup*>(handle->data)) {
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
