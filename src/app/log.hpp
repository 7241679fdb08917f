#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "io/output.hpp"
#include "json/printable.hpp"

namespace spdlog {
class logger;
}

namespace runnel {

/// What is told on stderr. Quiet: everything is held back, and appears only if the run failed.
class Log {
public:
    enum class Level { Quiet, Normal, Verbose };

    explicit Log(Level level);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    ~Log();

    [[nodiscard]] bool verbose() const noexcept { return level_ == Level::Verbose; }
    [[nodiscard]] bool quiet() const noexcept { return level_ == Level::Quiet; }

    void error(std::string_view text);
    void warn(std::string_view text);
    /// Only with -v.
    void info(std::string_view text);

    /// Lets the held-back lines appear.
    void release();

    /// From here on lines go to \a output, so that a reader of stderr that is slow, or stuck, does
    /// not hold up the loop. Null: written at once again.
    void write_to(Output* output) noexcept;
    /// Waits while \a output has more than enough to write.
    [[nodiscard]] Task<void> room();
    /// Waits until everything told was written; at most until \a deadline.
    [[nodiscard]] Task<void> flush(Deadline deadline);

private:
    struct Held;
    class Sink;

    Level level_;
    std::unique_ptr<Held> held_;
    std::shared_ptr<Sink> sink_;
    std::shared_ptr<spdlog::logger> logger_;
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
