#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/printable.hpp"
#include "base/result.hpp"
#include "io/output.hpp"

namespace spdlog {
class logger;
}

namespace runnel {

/// What is told on stderr, or in a file. Quiet: on stderr everything is held back, and appears only
/// if the run failed; QuietVerbose: what is held back is what Verbose tells.
class Log {
public:
    enum class Level { Quiet, QuietVerbose, Normal, Verbose };
    /// Text: `runnel: MESSAGE`, without anything that steers a terminal. Json: an object on a line,
    /// with `ts`, `level` and `message`.
    enum class Format { Text, Json };

    /// \a color: of text on stderr, what is wrong is red, what is strange yellow.
    explicit Log(Level level, Format format = Format::Text, bool color = false);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    ~Log();

    /// Appends all lines to the file of that name from here on; stderr gets only those that are
    /// held back there. ErrorClass::Sink when it cannot be opened.
    [[nodiscard]] Result<void> append_to(const std::string& file);

    [[nodiscard]] bool verbose() const noexcept {
        return level_ == Level::Verbose || level_ == Level::QuietVerbose;
    }
    [[nodiscard]] bool quiet() const noexcept {
        return level_ == Level::Quiet || level_ == Level::QuietVerbose;
    }

    /// Lines go to a terminal, which somebody looks at.
    [[nodiscard]] bool at_terminal() const noexcept;

    void error(std::string_view text);
    void warn(std::string_view text);
    /// Only with -v.
    void info(std::string_view text);
    /// With -v, and at a terminal.
    void note(std::string_view text);

    /// Lets the held-back lines appear; those to come are not held back.
    void release();

    /// Where lines go: stderr or the file.
    [[nodiscard]] int descriptor() const noexcept;
    /// From here on lines go to \a output, which writes to descriptor(), so that a reader of stderr
    /// that is slow, or stuck, does not hold up the loop. Null: written at once again.
    void write_to(Output* output) noexcept;
    /// Is called before each line from here on, so that who shows something else there can take it
    /// away. Null: nothing is. Must not throw.
    void before_each(std::function<void()> call);
    /// Waits while \a output has more than enough to write.
    [[nodiscard]] Task<void> writable();
    /// Waits until everything told was written; at most until \a deadline.
    [[nodiscard]] Task<void> flush(Deadline deadline);
    /// Why the file lacks lines, if it does; known when nothing is written any more.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

private:
    struct Held;
    class Sink;

    [[nodiscard]] std::string in_format(std::string_view text) const;

    Level level_;
    Format format_;
    std::unique_ptr<Held> held_;
    std::shared_ptr<Sink> sink_;
    std::shared_ptr<spdlog::logger> logger_;
    std::optional<Error> failure_;
};

/// Sends a log's lines to an output while it lives.
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
