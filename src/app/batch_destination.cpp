#include "app/batch_destination.hpp"

#include <utility>

#include "io/line_cutter.hpp"

namespace runnel {

/// Cuts what one input prints into lines.
class BatchDestination::Lines final : public Outlet,
                                      public LineOwner,
                                      public std::enable_shared_from_this<Lines> {
public:
    explicit Lines(Deliveries& deliveries) noexcept
        : deliveries_(deliveries), cutter_(deliveries.max_line(), '\n') {}

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
        deliveries_.add(line, shared_from_this());
    }
    void settle_if_known() {
        if (ended_ && unsettled_ == 0 && settled_) {
            std::exchange(settled_, nullptr)(failure_);
        }
    }

    Deliveries& deliveries_;
    LineCutter cutter_;
    std::size_t unsettled_ = 0;
    std::optional<Error> failure_;
    Settled settled_;
    bool ended_ = false;
};

BatchDestination::BatchDestination(Loop& loop, const BatchOptions& options,
                                   std::unique_ptr<BatchSink> sink, DeadLetters& dead_letters,
                                   Output& output, RunControl& control, Log& log)
    : sink_(std::move(sink)),
      deliveries_(loop, options, *sink_, dead_letters, output, control, log) {}

std::shared_ptr<Outlet> BatchDestination::open() { return std::make_shared<Lines>(deliveries_); }

Task<void> BatchDestination::room() { co_await deliveries_.room(); }

Task<void> BatchDestination::serve(TaskGroup& work) { co_await deliveries_.dispatch(work); }

Task<void> BatchDestination::finish() { co_await deliveries_.finish(); }

}  // namespace runnel
