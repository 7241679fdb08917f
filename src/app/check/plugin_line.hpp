#pragma once

#include <string_view>

#include "app/console/log.hpp"
#include "service/check_report.hpp"

namespace runnel {

/// The line on stdout that a monitoring system expects of every run. With the format Nagios it
/// holds the lines of \a log back until the report was printed, because stderr may be merged with
/// stdout; if the run ends without a report, it prints the last error as the line.
class PluginLine {
public:
    /// \a log must outlive this, and may be released only while this lives.
    PluginLine(CheckFormat format, Log& log);
    PluginLine(const PluginLine&) = delete;
    PluginLine& operator=(const PluginLine&) = delete;
    ~PluginLine() = default;

    /// Records that the report was printed, or written to the file of `--output`.
    void set_printed() noexcept { printed_ = true; }
    /// Prints the lines of the log at once from now on, such as the one about a signal during a
    /// grace.
    void stop_holding();
    /// Prints the line if it is missing, and then, unless the log is quiet, the lines that were
    /// held back. To be called at the end of the run.
    void finish();
    /// Prints the line at once with \a why, if it is missing and stdout is not full. For the last
    /// moment of a process.
    void print_now(std::string_view why) noexcept;

private:
    void print_last_error();

    bool wanted_;
    bool printed_ = false;
    Log& log_;
};

}  // namespace runnel
