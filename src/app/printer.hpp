#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "async/event.hpp"
#include "async/task.hpp"
#include "io/output.hpp"
#include "pipeline/reorder_window.hpp"

namespace runnel {

/// What one input prints: straight to stdout, or in its place in an order.
class Printer {
public:
    /// Straight to \a output, which must outlive this.
    explicit Printer(Output& output) noexcept : output_(&output) {}
    /// In its turn. The window's sink is \a output.
    Printer(Output& output, ReorderWindow::Slot slot) : output_(&output), slot_(std::move(slot)) {}

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
    /// That was all: the next one's turn comes, or is not kept back by this one.
    void close();

private:
    Output* output_;
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
    /// ReorderWindow). \a output must outlive this, and this the printers.
    PrintOrder(Output& output, bool keep, std::uint64_t limit)
        : output_(output), keep_(keep), sink_(output), window_(limit, sink_) {}

    /// For the next input.
    [[nodiscard]] Printer next() { return keep_ ? place() : Printer(output_); }
    /// A place after all others, for those who must not be mixed with others.
    [[nodiscard]] Printer place() { return Printer(output_, window_.open()); }
    /// Waits until no more is parked than the limit allows: this holds back who brings more inputs.
    [[nodiscard]] Task<void> room() { return window_.room(); }

private:
    class Stdout final : public ReorderWindow::Sink {
    public:
        explicit Stdout(Output& output) : output_(output) {}
        void append(std::string_view bytes) override { output_.append(bytes); }
        void append_from(std::string& buffer) override { output_.append_from(buffer); }

    private:
        Output& output_;
    };

    Output& output_;
    bool keep_;
    Stdout sink_;
    ReorderWindow window_;
};

}  // namespace runnel
