#pragma once

#include <string>
#include <vector>

#include "app/run/lock_file.hpp"
#include "app/run/output_file.hpp"
#include "async/task.hpp"
#include "base/deadline.hpp"
#include "service/check_history.hpp"

namespace runnel {

/// `--state`: what earlier runs have found, in a file that several runs may share. Each reads it
/// anew at its end, and replaces it in one step, while it holds a lock (`FILE.lock`): so no run
/// undoes what another one has found meanwhile.
class CheckStateFile {
public:
    CheckStateFile() = default;

    /// Finds out whether the file can be read and replaced. No \a name, no file. Fails with
    /// ErrorClass::BadInput for a file that is none of ours or is damaged, with Sink when it cannot
    /// be written.
    [[nodiscard]] Result<void> open(const std::string& name);
    [[nodiscard]] bool wanted() const noexcept { return !name_.empty(); }

    /// Settles \a results and writes what is new. Waits a second for other runs. Fails as open()
    /// does; with HostDown when another run does not let go of the lock. Once.
    [[nodiscard]] Task<Result<void>> settle(std::vector<CheckResult>& results,
                                            const FlapRules& rules);

private:
    [[nodiscard]] Result<CheckHistory> read() const;
    [[nodiscard]] Task<Result<bool>> lock();

    std::string name_;
    LockFile lock_{"--state"};
    OutputFile next_{"--state", OutputFile::Mode::Swap};
};

}  // namespace runnel
