#pragma once

#include <memory>
#include <string>
#include <utility>

#include "async/event.hpp"

namespace runnel {

/// The result of one libuv operation. Shared by libuv's request and the waiting task, because
/// either may go first: a stop ends the wait, but not the operation.
struct Completion {
    Event done;
    /// 0 or a negative errno; valid once done is set.
    int status = 0;

    void complete(int result) noexcept {
        status = result;
        done.set();
    }
};

using CompletionPtr = std::shared_ptr<Completion>;

/// A libuv request of type R, such as uv_connect_t, with the bytes that it sends, if any. libuv
/// owns it from start() until its callback, which must call finish(); closing the handle calls that
/// callback.
template <class R>
class Request {
public:
    /// Starts the operation with `call(raw request, bytes)`. If that fails, the operation is
    /// complete already, and no callback will come.
    template <class Call>
    static CompletionPtr start(std::string bytes, Call call) {
        std::unique_ptr<Request> request(new Request(std::move(bytes)));
        CompletionPtr completion = request->completion_;
        const int status = call(&request->raw_, request->bytes_);
        if (status < 0) {
            completion->complete(status);
        } else {
            static_cast<void>(request.release());
        }
        return completion;
    }
    static void finish(R* raw, int status) {
        const std::unique_ptr<Request> request(static_cast<Request*>(raw->data));
        request->completion_->complete(status);
    }

private:
    explicit Request(std::string bytes) : bytes_(std::move(bytes)) { raw_.data = this; }

    R raw_ = {};
    std::string bytes_;
    CompletionPtr completion_ = std::make_shared<Completion>();
};

}  // namespace runnel
