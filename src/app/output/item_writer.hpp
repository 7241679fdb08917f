#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/output/sink.hpp"
#include "async/event.hpp"
#include "async/task.hpp"
#include "pipeline/reorder_window.hpp"

namespace runnel {

/// What one input prints: straight to the destination, or in its place in an order.
class ItemWriter {
public:
    /// Straight to \a destination, which must outlive this.
    explicit ItemWriter(Sink& sink) : sink_(&sink), item_sink_(sink.open()) {}
    /// In its turn.
    ItemWriter(Sink& sink, ReorderWindow& order) : sink_(&sink), slot_(order.open(sink.open())) {}

    [[nodiscard]] bool ordered() const noexcept { return slot_.has_value(); }
    /// Set when nobody is before this one any more; null without an order.
    [[nodiscard]] Event* turn() noexcept { return slot_ ? &slot_->turn() : nullptr; }

    /// Takes all of \a text, which is empty afterwards, and waits until there is room for more.
    /// Cancelled when stop is requested; what has to wait for its turn is not taken then.
    [[nodiscard]] Task<void> write(std::string& text);
    /// The same, with a copy.
    [[nodiscard]] Task<void> write(std::string_view text);
    /// Takes all of \a text and never waits: for the last words of an input.
    void append(std::string& text);
    /// Waits until there is room.
    [[nodiscard]] Task<void> writable();

    /// Something has left, and cannot be taken back.
    [[nodiscard]] bool printed() const noexcept { return slot_ ? slot_->printed() : printed_; }
    /// Forgets what has not left yet: for another try.
    void restart();
    /// That was all: the next one's turn comes, or is not kept back by this one. \a settled: see
    /// ItemSink::end.
    void close(ItemSink::Settled settled = {});

private:
    Sink* sink_;
    std::shared_ptr<ItemSink> item_sink_;  ///< Null: the slot has it.
    std::optional<ReorderWindow::Slot> slot_;
    bool printed_ = false;
};

/// Forgets what has not left, unless all of it was written: for bodies of which nobody wants a
/// part.
class AllOrNothing {
public:
    /// \a printer must outlive this.
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

/// Gives the inputs of a run their printers.
class PrintOrder {
public:
    /// \a keep: in the order of the inputs. No more than \a limit bytes wait for their turn (see
    /// ReorderWindow). \a destination must outlive this, and this the printers.
    PrintOrder(Sink& sink, bool keep, std::uint64_t limit)
        : sink_(sink), keep_(keep), window_(limit) {}

    /// For the next input.
    [[nodiscard]] ItemWriter next() { return keep_ ? place() : ItemWriter(sink_); }
    /// A place after all others, for those who must not be mixed with others.
    [[nodiscard]] ItemWriter place() { return ItemWriter(sink_, window_); }
    /// Waits until no more is parked than the limit allows: this holds back who brings more inputs.
    [[nodiscard]] Task<void> writable() { return window_.writable(); }

private:
    Sink& sink_;
    bool keep_;
    ReorderWindow window_;
};

}  // namespace runnel
