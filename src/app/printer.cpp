#include "app/printer.hpp"

namespace runnel {

Task<void> Printer::write(std::string& text) {
    if (slot_) {
        co_await slot_->write(text);
        text.clear();
    } else {
        append(text);
    }
    // What was parked may have gone out at once: everybody waits until stdout has taken it.
    co_await output_->room();
}

Task<void> Printer::write(std::string_view text) {
    if (slot_) {
        co_await slot_->write(text);
    } else {
        printed_ = printed_ || !text.empty();
        output_->append(text);
    }
    co_await output_->room();
}

void Printer::append(std::string& text) {
    if (slot_) {
        slot_->append(text);
        return;
    }
    printed_ = printed_ || !text.empty();
    output_->append_from(text);
}

Task<void> Printer::room() { return write(std::string_view()); }

void Printer::restart() {
    if (slot_) {
        slot_->discard();
    }
}

void Printer::close() {
    if (slot_) {
        slot_->close();
    }
}

}  // namespace runnel
