#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/output/sink.hpp"
#include "async/event.hpp"
#include "async/task.hpp"
#include "pipeline/reorder_window.hpp"

namespace runnel {

/// Prints the output of one input, either at once or in the order of a ReorderWindow.
class ItemWriter {
public:
    /// Prints at once. \a sink must outlive this.
    explicit ItemWriter(Sink& sink) : sink_(&sink), item_sink_(sink.open()) {}
    /// Prints in the next place of \a order. Both must outlive this.
    ItemWriter(Sink& sink, ReorderWindow& order) : sink_(&sink), slot_(order.open(sink.open())) {}

    [[nodiscard]] bool ordered() const noexcept { return slot_.has_value(); }
    /// Returns the event that is set when this writer is the first in the order; null without an
    /// order.
    [[nodiscard]] Event* turn() noexcept { return slot_ ? &slot_->turn() : nullptr; }

    /// Takes all of \a text and clears it, then waits until the sink is writable. Cancelled when
    /// stop is requested; text that had to wait for its turn is then dropped.
    [[nodiscard]] Task<void> write(std::string& text);
    /// Does the same with a copy of \a text.
    [[nodiscard]] Task<void> write(std::string_view text);
    /// Takes all of \a text and clears it, without waiting. For the short text that ends an input.
    void append(std::string& text);
    /// Waits until write() would not have to wait: the sink is writable and, with an order, this is
    /// the first writer or less is parked than the limit.
    [[nodiscard]] Task<void> writable();

    /// Whether bytes have reached the sink, which cannot take them back.
    [[nodiscard]] bool printed() const noexcept { return slot_ ? slot_->printed() : printed_; }
    /// Drops the parked bytes, before another attempt.
    void restart();
    /// Ends the output: the next writer in the order becomes first. \a settled: see ItemSink::end.
    void close(ItemSink::Settled settled = {});

private:
    Sink* sink_;
    std::shared_ptr<ItemSink> item_sink_;  ///< Null if slot_ is set.
    std::optional<ReorderWindow::Slot> slot_;
    bool printed_ = false;
};

/// Unless all of a body was written, drops the part of it that the writer has parked. A part that
/// was printed before cannot be taken back.
class AllOrNothing {
public:
    /// \a writer must outlive this.
    explicit AllOrNothing(ItemWriter& writer) noexcept : writer_(&writer) {}
    AllOrNothing(const AllOrNothing&) = delete;
    AllOrNothing& operator=(const AllOrNothing&) = delete;
    ~AllOrNothing() {
        if (writer_ != nullptr) {
            writer_->restart();
        }
    }

    void all_written() noexcept { writer_ = nullptr; }

private:
    ItemWriter* writer_;
};

/// Makes the writers of a run.
class PrintOrder {
public:
    /// \a keep: print in the order of the inputs. \a limit: maximum size of parked output (bytes),
    /// see ReorderWindow. \a sink must outlive this, and this must outlive the writers.
    PrintOrder(Sink& sink, bool keep, std::uint64_t limit)
        : sink_(sink), keep_(keep), window_(limit) {}

    /// Makes the writer of the next input.
    [[nodiscard]] ItemWriter next() { return keep_ ? last() : ItemWriter(sink_); }
    /// Makes a writer whose output comes after that of all writers in the order that were made
    /// before, and is not mixed with theirs.
    [[nodiscard]] ItemWriter last() { return ItemWriter(sink_, window_); }
    /// Waits until less is parked than the limit. No input is read meanwhile.
    [[nodiscard]] Task<void> writable() { return window_.writable(); }

private:
    Sink& sink_;
    bool keep_;
    ReorderWindow window_;
};

}  // namespace runnel
