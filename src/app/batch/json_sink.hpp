#pragma once

#include "io/output.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Prints each batch as one line: a JSON array of its lines. Bytes that are not UTF-8 become
/// U+FFFD, as in records.
class JsonSink final : public BatchSink {
public:
    /// \a output must outlive this.
    explicit JsonSink(Output& output) noexcept : output_(output) {}

    [[nodiscard]] Task<Result<Verdict>> deliver(Batch& batch) override;
    [[nodiscard]] Task<Result<void>> close() override;
    void signal(int /*number*/) noexcept override {}

private:
    Output& output_;
};

}  // namespace runnel
