#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/run/output_file.hpp"
#include "io/loop.hpp"

namespace runnel {

/// The file of `--change-file`: the value of the last run whose CMD, if there is one, succeeded.
class ChangeFile {
public:
    ChangeFile() = default;

    /// Reads the file and checks that it can be replaced; does nothing if \a name is empty. Fails
    /// with ErrorClass::BadInput if it cannot be read, with Sink if it cannot be written.
    [[nodiscard]] Result<void> open(const std::string& name);
    /// Whether there is a file.
    [[nodiscard]] bool wanted() const noexcept { return next_.wanted(); }
    /// Whether \a value differs from that of the file; true without a file.
    [[nodiscard]] bool differs(const std::string& value) const { return previous_ != value; }

    /// Runs \a cmd, unless it is empty, with \a value in RUNNEL_VALUE and the previous one in
    /// RUNNEL_PREVIOUS, then writes \a value to the file. Returns the status of a CMD that fails,
    /// and keeps the file then, so that the next run repeats it. A signal ends CMD.
    [[nodiscard]] ExitStatus take(const std::string& value, const std::vector<std::string>& cmd,
                                  Loop& loop, Log& log);

private:
    std::optional<std::string> previous_;  ///< Not set before the first run.
    OutputFile next_{"--change-file", OutputFile::Mode::Swap};
};

}  // namespace runnel
