#include "app/printer.hpp"

namespace runnel {

Task<void> Printer::write(std::string& text) {
    if (slot_) {
        co_await slot_->write(text);
        text.clear();
    } else {
        append(text);
    }
    // What was parked may have gone out at once: everybody waits until it was taken.
    if (!destination_->has_room()) {
        co_await destination_->room();
    }
}

Task<void> Printer::write(std::string_view text) {
    if (slot_) {
        co_await slot_->write(text);
    } else {
        printed_ = printed_ || !text.empty();
        outlet_->append(text);
    }
    if (!destination_->has_room()) {
        co_await destination_->room();
    }
}

void Printer::append(std::string& text) {
    if (slot_) {
        slot_->append(text);
        return;
    }
    printed_ = printed_ || !text.empty();
    outlet_->append_from(text);
    text.clear();
}

Task<void> Printer::room() { return write(std::string_view()); }

void Printer::restart() {
    if (slot_) {
        slot_->discard();
    }
}

void Printer::close(Outlet::Settled settled) {
    if (slot_) {
        slot_->close(std::move(settled));
    } else {
        outlet_->end(std::move(settled));
    }
}

}  // namespace runnel
