#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "async/task.hpp"
#include "base/result.hpp"
#include "pipeline/batch.hpp"
#include "pipeline/batch_order.hpp"

namespace runnel {

/// The result of an attempt to deliver a batch.
class Verdict {
public:
    enum class Kind {
        Accepted,  ///< All lines were accepted.
        NoRoom,    ///< The system lacks the resources for the attempt, which was not made.
        NotNow,    ///< The receiver asks to try later; not a failure.
        Failed,    ///< No lines count as accepted; another attempt may succeed.
        Rejected,  ///< No attempt can succeed.
        Divided,   ///< One of several lines failed: deliver each by itself. Not a failure.
    };

    [[nodiscard]] static Verdict accepted() { return Verdict(Kind::Accepted, ""); }
    [[nodiscard]] static Verdict no_room(std::string reason) {
        return Verdict(Kind::NoRoom, std::move(reason));
    }
    [[nodiscard]] static Verdict not_now(std::string reason) {
        return Verdict(Kind::NotNow, std::move(reason));
    }
    [[nodiscard]] static Verdict failed(std::string reason) {
        return Verdict(Kind::Failed, std::move(reason));
    }
    [[nodiscard]] static Verdict rejected(std::string reason) {
        return Verdict(Kind::Rejected, std::move(reason));
    }
    [[nodiscard]] static Verdict divided(std::string reason) {
        return Verdict(Kind::Divided, std::move(reason));
    }

    /// Returns this verdict with the position in stdout (Output::appended()) at which the output of
    /// the batch ends.
    [[nodiscard]] Verdict printed_up_to(std::uint64_t position) && {
        position_ = position;
        return std::move(*this);
    }
    /// Returns this verdict with the end of what the attempt printed.
    [[nodiscard]] Verdict with_output(std::string end) && {
        output_ = std::move(end);
        return std::move(*this);
    }

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    /// Returns the reason, as a phrase after the name of the batch; empty if accepted.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    /// Returns where the output of an accepted batch ends; nullopt if it is not known.
    [[nodiscard]] std::optional<std::uint64_t> position() const noexcept { return position_; }
    /// Returns the end of what a failed attempt printed; empty if nothing is known of it.
    [[nodiscard]] const std::string& output() const noexcept { return output_; }

private:
    Verdict(Kind kind, std::string reason) : kind_(kind), reason_(std::move(reason)) {}

    Kind kind_;
    std::string reason_;
    std::string output_;
    std::optional<std::uint64_t> position_;
};

/// Receives batches: a command, workers, stdout.
class BatchSink {
public:
    BatchSink() = default;
    BatchSink(const BatchSink&) = delete;
    BatchSink& operator=(const BatchSink&) = delete;
    virtual ~BatchSink() = default;

    /// Makes one attempt; its output counts only if the batch is accepted. May be called for any
    /// number of batches at a time. \a batch must outlive the task. An error means that no batch
    /// can be delivered any more. Cancelled when stop is requested: then no part of the attempt is
    /// left running.
    ///
    /// A sink that accepts lines one after another removes them from \a batch and passes them to
    /// accept() as it does; the verdict is that of the other lines. If an order is kept, it prints
    /// and accepts nothing before the turn of the batch.
    [[nodiscard]] virtual Task<Result<Verdict>> deliver(Batch& batch) = 0;
    /// Returns the maximum number of lines of a batch that is delivered now.
    [[nodiscard]] virtual std::size_t lines_wanted() const { return static_cast<std::size_t>(-1); }
    /// Waits after the last batch until no work is left. Cancelled when stop is requested:
    /// remaining work ends with the sink.
    [[nodiscard]] virtual Task<Result<void>> close() = 0;
    /// Sends \a number to all processes of the sink and their groups: SIGKILL before this process
    /// exits without destructors, SIGSTOP and SIGCONT with it.
    virtual void signal(int number) noexcept = 0;

    using OnAccepted = std::function<void(Batch)>;
    /// Sets the function that gets the lines that are accepted before the rest of their batch. Call
    /// it before the first deliver().
    void on_accepted(OnAccepted call) { on_accepted_ = std::move(call); }
    /// Makes the sink print batches in \a order, which must outlive the tasks in deliver(). By
    /// default it prints them as they are accepted. Call it before the first deliver().
    void keep(BatchOrder& order) noexcept { order_ = &order; }

protected:
    void accept(Batch lines) const { on_accepted_(std::move(lines)); }
    /// Null if no order is kept.
    [[nodiscard]] BatchOrder* order() const noexcept { return order_; }

private:
    OnAccepted on_accepted_;
    BatchOrder* order_ = nullptr;
};

}  // namespace runnel
