#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/console/log.hpp"
#include "app/fetch/input_reader.hpp"
#include "app/run/output_file.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "io/spool.hpp"
#include "pipeline/input.hpp"

namespace runnel {

/// `--left`: writes the inputs that a run has not delivered to a file, which another run can read.
///
/// Keeps every input in a Spool, and for each a bit that tells whether it was delivered, because
/// inputs must be written in the order in which they were read, and fail in another order. Failures
/// are ErrorClass::Sink. Nothing is kept or written without a file.
class LeftInputs {
public:
    /// Opens the file, which stays as it is until write(). Does nothing if \a name is empty.
    [[nodiscard]] Result<void> open(const std::string& name, Separator separator);

    /// Keeps \a input; to be called for each one that is read. Returns its number.
    std::uint64_t add(const Input& input);
    void set_delivered(std::uint64_t number);
    /// Records that not all inputs could be read: write() fails because of \a reason, and the file
    /// stays as it is.
    void set_unreadable(const Error& reason) { keeps_all_ = reason; }

    /// Replaces the file with the inputs that were not delivered and those that \a inputs has not
    /// returned, in the order of the input. To be called once, after the run. Logs the inputs that
    /// cannot be written as one input. Both arguments must live until it has ended.
    [[nodiscard]] Task<Result<void>> write(InputReader& inputs, Log& log);

private:
    [[nodiscard]] Result<void> write_kept(Log& log);
    [[nodiscard]] Task<Result<void>> write_unread(InputReader& inputs, Log& log);
    void log_missing(const InputReader& inputs, Log& log) const;
    [[nodiscard]] Result<void> write_input(std::string_view text, Log& log);

    OutputFile file_{"--left", OutputFile::Mode::Swap, AtomicFile::Access::Owner};
    Separator separator_ = Separator::Newline;
    Spool kept_{std::size_t{1} << 20};
    std::vector<bool> delivered_;
    std::uint64_t cut_ = 0;   ///< Lines that are too long.
    Result<void> keeps_all_;  ///< A failure means that inputs are missing in kept_.
    std::string text_;        // to be written
};

}  // namespace runnel
