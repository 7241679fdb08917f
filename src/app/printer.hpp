#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/destination.hpp"
#include "async/event.hpp"
#include "async/task.hpp"
#include "pipeline/reorder_window.hpp"

namespace runnel {

/// What one input prints: straight to the destination, or in its place in an order.
class Printer {
public:
    /// Straight to \a destination, which must outlive this.
    explicit Printer(Destination& destination)
        : destination_(&destination), outlet_(destination.open()) {}
    /// In its turn.
    Printer(Destination& destination, ReorderWindow& order)
        : destination_(&destination), slot_(order.open(destination.open())) {}

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
    [[nodiscard]] Task<void> room();

    /// Something has left, and cannot be taken back.
    [[nodiscard]] bool printed() const noexcept { return slot_ ? slot_->printed() : printed_; }
    /// Forgets what has not left yet: for another try.
    void restart();
    /// That was all: the next one's turn comes, or is not kept back by this one. \a settled: see
    /// Outlet::end.
    void close(Outlet::Settled settled = {});

private:
    Destination* destination_;
    std::shared_ptr<Outlet> outlet_;  ///< Null: the slot has it.
    std::optional<ReorderWindow::Slot> slot_;
    bool printed_ = false;
};

/// Forgets what has not left, unless all of it was written: for bodies of which nobody wants a
/// part.
class AllOrNothing {
public:
    /// \a printer must outlive this.
    explicit AllOrNothing(Printer& printer) noexcept : printer_(&printer) {}
    AllOrNothing(const AllOrNothing&) = delete;
    AllOrNothing& operator=(const AllOrNothing&) = delete;
    ~AllOrNothing() {
        if (printer_ != nullptr) {
            printer_->restart();
        }
    }

    void all_written() noexcept { printer_ = nullptr; }

private:
    Printer* printer_;
};

/// Gives the inputs of a run their printers.
class PrintOrder {
public:
    /// \a keep: in the order of the inputs. No more than \a limit bytes wait for their turn (see
    /// ReorderWindow). \a destination must outlive this, and this the printers.
    PrintOrder(Destination& destination, bool keep, std::uint64_t limit)
        : destination_(destination), keep_(keep), window_(limit) {}

    /// For the next input.
    [[nodiscard]] Printer next() { return keep_ ? place() : Printer(destination_); }
    /// A place after all others, for those who must not be mixed with others.
    [[nodiscard]] Printer place() { return Printer(destination_, window_); }
    /// Waits until no more is parked than the limit allows: this holds back who brings more inputs.
    [[nodiscard]] Task<void> room() { return window_.room(); }

private:
    Destination& destination_;
    bool keep_;
    ReorderWindow window_;
};

}  // namespace runnel
