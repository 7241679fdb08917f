#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/deadline.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "io/process_pool.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Workers that are kept running and answer one line for one line. A batch is one line; it is
/// accepted by its answer, which is printed as a line.
class CoprocessSink final : public BatchSink {
public:
    /// \a loop and \a output must outlive this. \a max_time: limit of an answer; zero: none.
    /// \a grace: how long a worker may go on after the last line; zero: no limit. The \a workers
    /// are started by the first batch.
    CoprocessSink(Loop& loop, std::vector<std::string> cmd, std::size_t workers, Duration max_time,
                  Duration grace, Output& output);

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
    std::unique_ptr<ProcessPool> pool_;
};

}  // namespace runnel
