#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/console/log.hpp"
#include "async/lock.hpp"
#include "base/deadline.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "io/process.hpp"
#include "io/spool.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Runs a command for each batch. The lines are its stdin, or its arguments where an argument is
/// `{}` (except for the name of the command). Logs a warning once if an argument begins with `-`.
///
/// The exit status decides whether the batch is accepted (docs/cli.md). The stdout of an accepted
/// attempt is printed in one piece; that of any other attempt is dropped. stderr is inherited; with
/// -v and -q it goes through the log, line by line. Environment variables identify the batch.
class CommandSink final : public BatchSink {
public:
    /// All references must outlive this. \a cmd is not empty. \a max_time limits an attempt; 0
    /// means no limit.
    CommandSink(Loop& loop, std::vector<std::string> cmd, Duration max_time, Output& output,
                Log& log);

    /// An attempt ends when the command has exited. If another process holds its stdout or stderr
    /// open, they are read for a second longer. A stop terminates its process group.
    [[nodiscard]] Task<Result<Verdict>> deliver(Batch& batch) override;
    [[nodiscard]] Task<Result<void>> close() override;
    void signal(int number) noexcept override;

    /// Returns how many arguments of \a cmd are `{}`. The lines are its stdin if none is.
    [[nodiscard]] static std::size_t placeholders(const std::vector<std::string>& cmd) noexcept;
    /// Returns the bytes of lines that fit on its command line, for each placeholder. Each line
    /// takes kArgumentCost more than its bytes.
    [[nodiscard]] static std::uint64_t argument_space(const std::vector<std::string>& cmd);
    static constexpr std::uint64_t kArgumentCost = 1 + sizeof(char*);
    /// Returns the maximum size of one argument (MAX_ARG_STRLEN of Linux, 32 pages).
    [[nodiscard]] static std::uint64_t longest_argument() noexcept;

private:
    class Attempt;

    [[nodiscard]] bool logs_stderr() const noexcept { return log_.verbose() || log_.quiet(); }
    [[nodiscard]] ProcessOptions options_for(const Batch& batch) const;
    void warn_of_option(const Batch& batch);
    void warn_of_placeholder();
    void warn_of_held_output();
    [[nodiscard]] Task<Verdict> attempt(const Batch& batch, std::unique_ptr<Process> process,
                                        Spool& printed);
    [[nodiscard]] Task<Result<std::uint64_t>> print(Spool& printed);

    Loop& loop_;
    std::vector<std::string> cmd_;
    std::size_t placeholders_;
    bool may_warn_of_option_;
    bool may_warn_of_placeholder_ = true;
    bool warned_of_held_output_ = false;
    Duration max_time_;
    Output& output_;
    Log& log_;
    std::set<Process*> running_;
    Lock printing_;
};

}  // namespace runnel
