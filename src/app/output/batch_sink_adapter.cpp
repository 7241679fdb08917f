#include "app/output/batch_sink_adapter.hpp"

#include <utility>

#include "io/line_cutter.hpp"

namespace runnel {

/// Cuts what one input prints into lines.
class BatchSinkAdapter::Lines final : public ItemSink,
                                      public LineOwner,
                                      public std::enable_shared_from_this<Lines> {
public:
    explicit Lines(BatchDispatcher& deliveries) noexcept
        : dispatcher_(deliveries), cutter_(deliveries.max_line(), '\n') {}

    void append(std::string_view bytes) override {
        cutter_.feed(bytes);
        while (const std::optional<Line> line = cutter_.next()) {
            give(*line);
        }
    }
    void append_from(std::string& buffer) override { append(buffer); }

    void end(Settled settled) override {
        if (const std::optional<Line> line = cutter_.finish()) {
            give(*line);
        }
        settled_ = std::move(settled);
        ended_ = true;
        settle_if_known();
    }

    void settle(std::size_t lines, const std::optional<Error>& failure) override {
        unsettled_ -= lines;
        if (failure && !failure_) {
            failure_ = failure;
        }
        settle_if_known();
    }

private:
    void give(const Line& line) {
        ++unsettled_;
        dispatcher_.add(line, shared_from_this());
    }
    void settle_if_known() {
        if (ended_ && unsettled_ == 0 && settled_) {
            std::exchange(settled_, nullptr)(failure_);
        }
    }

    BatchDispatcher& dispatcher_;
    LineCutter cutter_;
    std::size_t unsettled_ = 0;
    std::optional<Error> failure_;
    Settled settled_;
    bool ended_ = false;
};

BatchSinkAdapter::BatchSinkAdapter(Loop& loop, const BatchOptions& options,
                                   std::unique_ptr<BatchSink> sink, DeadLetters& dead_letters,
                                   Output& output, Shutdown& shutdown, Log& log)
    : sink_(std::move(sink)),
      dispatcher_(loop, options, *sink_, dead_letters, output, shutdown, log) {}

std::shared_ptr<ItemSink> BatchSinkAdapter::open() { return std::make_shared<Lines>(dispatcher_); }

Task<void> BatchSinkAdapter::writable() { co_await dispatcher_.writable(); }

Task<void> BatchSinkAdapter::serve(TaskGroup& work) { co_await dispatcher_.dispatch(work); }

Task<void> BatchSinkAdapter::finish() { co_await dispatcher_.finish(); }

}  // namespace runnel
