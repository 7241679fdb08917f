#include "http/hedge.hpp"

#include <utility>

#include "async/sleep.hpp"
#include "http/retry.hpp"

namespace runnel::http {

/// The response of the second attempt. Copies the trace of that attempt to the caller's, once when
/// it is made and once at its end.
class HedgeClient::HedgeResponse final : public Response {
public:
    HedgeResponse(std::unique_ptr<Response> response, std::unique_ptr<Trace> own, Trace& to)
        : own_(std::move(own)), response_(std::move(response)), to_(to) {
        own_->hedged = true;
        copy_trace();
    }
    HedgeResponse(const HedgeResponse&) = delete;
    HedgeResponse& operator=(const HedgeResponse&) = delete;
    ~HedgeResponse() override {
        response_.reset();
        copy_trace();
    }

    [[nodiscard]] int status() const noexcept override { return response_->status(); }
    [[nodiscard]] const std::string& location() const noexcept override {
        return response_->location();
    }
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const override {
        return response_->header(name);
    }
    [[nodiscard]] Headers headers() const override { return response_->headers(); }
    [[nodiscard]] Duration first_byte() const override { return response_->first_byte(); }
    [[nodiscard]] Task<Result<std::string_view>> read() override { return response_->read(); }

private:
    void copy_trace() { to_ = *own_; }

    std::unique_ptr<Trace> own_;
    std::unique_ptr<Response> response_;
    Trace& to_;
};

/// Two concurrent attempts of one hop.
class HedgeClient::Pair {
public:
    Pair(HedgeClient& client, const Request& request, SendOptions options, Trace& trace,
         const Context& context)
        : client_(client), request_(request), options_(options), trace_(trace), group_(context) {}

    Task<Result<std::unique_ptr<Response>>> run() {
        trace_.let_out.reset();
        group_.start(make_first());
        group_.start(make_second());
        co_await group_.join();
        trace_.hedged = trace_.hedged || second_trace_->let_out;
        if (!client_.is_good(first_) && client_.is_good(second_)) {
            first_.reset();
            co_return Result<std::unique_ptr<Response>>(std::make_unique<HedgeResponse>(
                std::move(**second_), std::move(second_trace_), trace_));
        }
        if (!first_) {
            throw Cancelled();
        }
        co_return std::move(*first_);
    }

private:
    Task<void> make_first() {
        try {
            first_.emplace(co_await client_.next_.send(request_, options_, trace_));
        } catch (const Cancelled&) {
            // Stopped, or the run is ending: there is nothing to hedge.
        }
        if (!first_ || client_.is_good(first_) || !second_runs_) {
            group_.request_stop();
        }
    }
    Task<void> make_second() {
        co_await client_.wait_until_due(trace_);
        if (!client_.budget_.try_spend()) {
            co_return;
        }
        *second_trace_ = trace_;
        second_trace_->let_out.reset();
        SendOptions at_once;
        at_once.now_or_never = true;
        second_runs_ = true;
        second_.emplace(co_await client_.next_.send(request_, at_once, *second_trace_));
        second_runs_ = false;
        if (!second_trace_->let_out) {
            client_.budget_.take_back();
        }
        if (client_.is_good(second_) || first_) {
            group_.request_stop();
        }
    }

    HedgeClient& client_;
    const Request& request_;
    SendOptions options_;
    Trace& trace_;
    std::unique_ptr<Trace> second_trace_ = std::make_unique<Trace>();
    Answer first_;
    Answer second_;
    bool second_runs_ = false;
    TaskGroup group_;
};

Task<Result<std::unique_ptr<Response>>> HedgeClient::send(const Request& request,
                                                          SendOptions options, Trace& trace) {
    budget_.count_request();
    if (delay_ == Duration::zero() || !is_idempotent(request.method)) {
        return next_.send(request, options, trace);
    }
    return send_twice(request, options, trace);
}

Task<Result<std::unique_ptr<Response>>> HedgeClient::send_twice(const Request& request,
                                                                SendOptions options, Trace& trace) {
    const Context& context = co_await this_task::context();
    Pair pair(*this, request, options, trace, context);
    co_return co_await pair.run();
}

/// Waits for the delay, which begins when the first attempt gets its permit.
Task<void> HedgeClient::wait_until_due(const Trace& first) {
    for (;;) {
        const TimePoint now = scheduler_.now();
        const Deadline due = Deadline::within(first.let_out.value_or(now), delay_);
        if (due.passed(now)) {
            co_return;
        }
        co_await sleep_until(due);
    }
}

bool HedgeClient::is_good(const Answer& answer) const {
    if (!answer || !*answer) {
        return false;
    }
    const Error unexpected(ErrorClass::HttpStatus, {});
    return !retry_on_.matches(unexpected, (**answer)->status());
}

}  // namespace runnel::http
