#include "app/output/item_writer.hpp"

namespace runnel {

Task<void> ItemWriter::write(std::string& text) {
    if (slot_) {
        co_await slot_->write(text);
        text.clear();
    } else {
        append(text);
    }
    // The turn may have come during the wait, and then all parked bytes of this writer went to the
    // sink. So wait for the sink even if \a text was empty.
    if (!sink_->is_writable()) {
        co_await sink_->writable();
    }
}

Task<void> ItemWriter::write(std::string_view text) {
    if (slot_) {
        co_await slot_->write(text);
    } else {
        printed_ = printed_ || !text.empty();
        item_sink_->append(text);
    }
    if (!sink_->is_writable()) {
        co_await sink_->writable();
    }
}

void ItemWriter::append(std::string& text) {
    if (slot_) {
        slot_->append(text);
    } else {
        printed_ = printed_ || !text.empty();
        item_sink_->append_from(text);
    }
    text.clear();
}

Task<void> ItemWriter::writable() { return write(std::string_view()); }

void ItemWriter::restart() {
    if (slot_) {
        slot_->discard();
    }
}

void ItemWriter::close(ItemSink::Settled settled) {
    if (slot_) {
        slot_->close(std::move(settled));
    } else {
        item_sink_->end(std::move(settled));
    }
}

}  // namespace runnel
