#include "app/output/stdout_sink.hpp"

#include <utility>

namespace runnel {

/// Reports bytes as written once the writer of stdout has them. Has no state, so that one object
/// serves all inputs.
class StdoutSink::Untracked final : public ItemSink {
public:
    explicit Untracked(Output& output) noexcept : output_(output) {}
    void append(std::string_view bytes) override { output_.append(bytes); }
    void append_from(std::string& buffer) override { output_.append_from(buffer); }
    void end(Settled settled) override {
        if (settled) {
            settled(std::nullopt);
        }
    }

private:
    Output& output_;
};

/// Reports bytes as written when the system has them.
class StdoutSink::Tracked final : public ItemSink {
public:
    explicit Tracked(StdoutSink& sink) noexcept : sink_(sink) {}
    void append(std::string_view bytes) override {
        printed_ = printed_ || !bytes.empty();
        sink_.output_.append(bytes);
    }
    void append_from(std::string& buffer) override {
        printed_ = printed_ || !buffer.empty();
        sink_.output_.append_from(buffer);
    }
    void end(Settled settled) override {
        if (!settled) {
            return;
        }
        if (!printed_) {
            settled(std::nullopt);
            return;
        }
        sink_.unwritten_.push_back(Unwritten{sink_.output_.appended(), std::move(settled)});
        sink_.changed_.set();
    }

private:
    StdoutSink& sink_;
    bool printed_ = false;
};

StdoutSink::StdoutSink(Output& output)
    : output_(output), untracked_(std::make_shared<Untracked>(output)) {}

StdoutSink::StdoutSink(Output& output, std::size_t max_unsettled)
    : output_(output), max_unwritten_(max_unsettled) {}

std::shared_ptr<ItemSink> StdoutSink::open() {
    if (untracked_) {
        return untracked_;
    }
    return std::make_shared<Tracked>(*this);
}

bool StdoutSink::is_writable() const noexcept {
    return output_.is_writable() && unwritten_.size() < max_unwritten_;
}

Task<void> StdoutSink::writable() {
    co_await output_.writable();
    while (unwritten_.size() >= max_unwritten_) {
        settled_.clear();
        co_await settled_.wait();
    }
}

Task<void> StdoutSink::serve(TaskGroup& work) {
    if (!untracked_) {
        work.start(settle_as_written());
    }
    co_return;
}

/// Settles inputs as their bytes are written. Returns when closed, or when stdout fails: Shutdown
/// then ends the run, and settle_rest() settles the remaining inputs.
Task<void> StdoutSink::settle_as_written() {
    for (;;) {
        if (!unwritten_.empty()) {
            const bool written = co_await output_.written_up_to(unwritten_.front().position);
            if (!written) {
                co_return;
            }
            settle_written();
        } else if (closed_) {
            co_return;
        } else {
            changed_.clear();
            co_await changed_.wait();
        }
    }
}

void StdoutSink::close() {
    closed_ = true;
    changed_.set();
}

void StdoutSink::settle_rest(const Error& reason) {
    settle_written();
    for (const Unwritten& rest : std::exchange(unwritten_, {})) {
        rest.settled(reason);
    }
}

void StdoutSink::settle_written() {
    const std::uint64_t written = output_.written();
    while (!unwritten_.empty() && unwritten_.front().position <= written) {
        const ItemSink::Settled settled = std::move(unwritten_.front().settled);
        unwritten_.pop_front();
        settled(std::nullopt);
    }
    settled_.set();
}

}  // namespace runnel
