#pragma once

#include <string>
#include <utility>

#include "async/task.hpp"
#include "base/result.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// What an attempt to deliver a batch came to.
class Verdict {
public:
    enum class Kind {
        Accepted,  ///< All of it was taken.
        NotNow,    ///< The other side asks to be tried later; no failure.
        Failed,    ///< None of it counts as taken; another attempt may mend that.
        Rejected,  ///< No attempt will ever mend it.
    };

    [[nodiscard]] static Verdict accepted() { return Verdict(Kind::Accepted, ""); }
    [[nodiscard]] static Verdict not_now(std::string reason) {
        return Verdict(Kind::NotNow, std::move(reason));
    }
    [[nodiscard]] static Verdict failed(std::string reason) {
        return Verdict(Kind::Failed, std::move(reason));
    }
    [[nodiscard]] static Verdict rejected(std::string reason) {
        return Verdict(Kind::Rejected, std::move(reason));
    }

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    /// In words, to follow the name of the batch; empty when it was accepted.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    Verdict(Kind kind, std::string reason) : kind_(kind), reason_(std::move(reason)) {}

    Kind kind_;
    std::string reason_;
};

/// Where batches go: a command, workers, stdout.
class BatchSink {
public:
    BatchSink() = default;
    BatchSink(const BatchSink&) = delete;
    BatchSink& operator=(const BatchSink&) = delete;
    virtual ~BatchSink() = default;

    /// One attempt; what it printed counts only if it was accepted. Any number of batches at a
    /// time. \a batch must outlive the task. An error means that nothing can be delivered at all,
    /// neither this batch nor another. Cancelled when stop is requested: nothing of the attempt is
    /// left running.
    [[nodiscard]] virtual Task<Result<Verdict>> deliver(const Batch& batch) = 0;
    /// Waits until nothing is left of it, when the last batch was delivered. Cancelled when stop is
    /// requested: what is left ends with the sink.
    [[nodiscard]] virtual Task<Result<void>> close() = 0;
    /// Kills what runs for it; the process ends without destructors.
    virtual void kill() noexcept = 0;
};

}  // namespace runnel
