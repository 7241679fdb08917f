#include "app/output/batch_sink_adapter.hpp"

#include <utility>

#include "io/line_cutter.hpp"

namespace runnel {

/// Cuts the output of one input into lines.
class BatchSinkAdapter::Lines final : public ItemSink,
                                      public LineOwner,
                                      public std::enable_shared_from_this<Lines> {
public:
    Lines(BatchDispatcher& dispatcher, std::uint64_t max_line) noexcept
        : dispatcher_(dispatcher), cutter_(max_line, '\n') {}

    void append(std::string_view bytes) override {
        cutter_.feed(bytes);
        while (const std::optional<Line> line = cutter_.next()) {
            add(*line);
        }
    }
    void append_from(std::string& buffer) override { append(buffer); }

    void end(Settled settled) override {
        if (const std::optional<Line> line = cutter_.finish()) {
            add(*line);
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
    void add(const Line& line) {
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

BatchSinkAdapter::BatchSinkAdapter(Loop& loop, const BatchPlan& plan,
                                   std::unique_ptr<BatchSink> sink, DeadLetters& dead_letters,
                                   Output& output, Shutdown& shutdown, Log& log)
    : max_line_(plan.max_line),
      sink_(std::move(sink)),
      dispatcher_(loop, plan, *sink_, dead_letters, output, shutdown, log) {}

std::shared_ptr<ItemSink> BatchSinkAdapter::open() {
    return std::make_shared<Lines>(dispatcher_, max_line_);
}

Task<void> BatchSinkAdapter::writable() { co_await dispatcher_.writable(); }

Task<void> BatchSinkAdapter::serve(TaskGroup& work) { return dispatcher_.dispatch(work); }

Task<void> BatchSinkAdapter::finish() { return dispatcher_.finish(); }

}  // namespace runnel
