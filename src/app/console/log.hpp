#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/console/log_options.hpp"
#include "async/task.hpp"
#include "base/printable.hpp"
#include "base/result.hpp"
#include "io/output.hpp"

namespace spdlog {
class logger;
}

namespace runnel {

/// Writes messages to stderr, or to a file. A quiet log holds the lines for stderr back: the last
/// 1000 of them, until release(), which is called if the run failed.
class Log {
public:
    using Level = LogLevel;
    using Format = LogFormat;

    /// With \a color, text on stderr is red for errors and yellow for warnings.
    explicit Log(LogLevel level, LogFormat format = LogFormat::Text, bool color = false);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    ~Log();

    /// From now on appends all lines to \a file. stderr gets only what a quiet log holds back.
    /// Fails with ErrorClass::Sink if the file cannot be opened.
    [[nodiscard]] Result<void> append_to(const std::string& file);

    [[nodiscard]] bool verbose() const noexcept {
        return level_ == LogLevel::Verbose || level_ == LogLevel::QuietVerbose;
    }
    [[nodiscard]] bool quiet() const noexcept {
        return level_ == LogLevel::Quiet || level_ == LogLevel::QuietVerbose;
    }

    /// Whether lines are written to a terminal.
    [[nodiscard]] bool at_terminal() const noexcept;

    void error(std::string_view text);
    void warn(std::string_view text);
    /// Logs only with `-v`.
    void info(std::string_view text);
    /// Logs with `-v`, and at a terminal unless quiet.
    void note(std::string_view text);

    /// Holds all lines for stderr back, also if not quiet: the last 1000 of them, until release().
    /// \a before_release is called once, before they are printed, and must not throw.
    void hold(std::function<void()> before_release);
    /// Prints the lines that were held back; later lines are printed directly.
    void release();
    /// Returns the last error that was logged; empty if there was none.
    [[nodiscard]] const std::string& last_error() const noexcept { return last_error_; }

    /// Returns the descriptor that lines are written to: stderr or the file.
    [[nodiscard]] int descriptor() const noexcept;
    /// From now on writes lines to \a output, which writes to descriptor(), so that a slow reader
    /// of stderr does not block the loop. Null writes directly again.
    void write_to(Output* output) noexcept;
    /// Sets a function to call before each line, such as one that erases a progress bar. It must
    /// not throw. Null unsets it.
    void before_each(std::function<void()> call);
    /// Waits until the output is below its high water mark.
    [[nodiscard]] Task<void> writable();
    /// Waits until all lines are written, or until \a deadline.
    [[nodiscard]] Task<void> flush(Deadline deadline);
    /// Returns the write error of the file, if there was one; known after write_to(nullptr).
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

private:
    struct Held;
    class Sink;

    LogLevel level_;
    LogFormat format_;
    std::unique_ptr<Held> held_;
    std::function<void()> before_release_;
    std::string last_error_;
    std::shared_ptr<Sink> sink_;
    std::shared_ptr<spdlog::logger> logger_;
    std::optional<Error> failure_;
};

/// Writes the lines of a log to an output while this lives.
class LogsTo {
public:
    LogsTo(Log& log, Output& output) noexcept : log_(log) { log_.write_to(&output); }
    LogsTo(const LogsTo&) = delete;
    LogsTo& operator=(const LogsTo&) = delete;
    ~LogsTo() { log_.write_to(nullptr); }

private:
    Log& log_;
};

}  // namespace runnel
