#pragma once

#include <string>
#include <vector>

#include "app/run/lock_file.hpp"
#include "app/run/output_file.hpp"
#include "async/task.hpp"
#include "service/check_history.hpp"

namespace runnel {

/// The file of `--state`: results of earlier runs. Several runs may share it: each reads it again
/// at its end and replaces it in one step, while it holds the lock of `FILE.lock`.
class CheckStateFile {
public:
    CheckStateFile() = default;

    /// Checks that the file can be read and replaced; does nothing if \a name is empty. Fails with
    /// ErrorClass::BadInput for a file of another format, with Sink if it cannot be written.
    [[nodiscard]] Result<void> open(const std::string& name);
    /// Whether there is a file.
    [[nodiscard]] bool wanted() const noexcept { return !name_.empty(); }

    /// Applies the history to \a results and writes the new one. May be called once. Waits up to a
    /// second for other runs, then fails with HostDown; else fails as open() does.
    [[nodiscard]] Task<Result<void>> update(std::vector<CheckResult>& results,
                                            const FlapRules& rules);

private:
    [[nodiscard]] Result<CheckHistory> read() const;
    [[nodiscard]] Task<Result<bool>> lock();

    std::string name_;
    LockFile lock_{"--state"};
    OutputFile next_{"--state", OutputFile::Mode::Update, AtomicFile::Access::Owner};
};

}  // namespace runnel
