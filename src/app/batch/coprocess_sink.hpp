#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "app/console/log.hpp"
#include "base/deadline.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "io/process_pool.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Gives each batch, which is one line, to one of several workers that are kept running. The answer
/// of the worker is one line; it accepts the batch and is printed.
class CoprocessSink final : public BatchSink {
public:
    /// \a loop, \a output and \a log must outlive this. \a max_time limits the wait for an answer,
    /// \a grace the time between the last line and the exit of a worker; 0 means no limit. The \a
    /// workers are started with the first batch.
    CoprocessSink(Loop& loop, std::vector<std::string> cmd, std::size_t workers, Duration max_time,
                  Duration grace, Output& output, Log& log);

    [[nodiscard]] Task<Result<Verdict>> deliver(const Batch& batch) override;
    [[nodiscard]] Task<Result<void>> close() override;
    void kill() noexcept override;

private:
    [[nodiscard]] Result<void> start();

    Loop& loop_;
    ProcessPoolOptions options_;
    Duration max_time_;
    Duration grace_;
    Output& output_;
    Log& log_;
    std::unique_ptr<ProcessPool> pool_;
};

}  // namespace runnel
