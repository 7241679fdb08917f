#pragma once

#include <cstdint>
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

/// A command that is run for each batch: with its text on stdin, or with its lines as arguments
/// where an argument is `{}` (not the name of the command).
///
/// What an accepted attempt printed comes out whole, what another printed is dropped; the exit
/// status says which it is (docs/cli.md). stderr is ours; with -v and -q it goes through the log,
/// line by line. The environment names the batch.
class CommandSink final : public BatchSink {
public:
    /// All references must outlive this. \a cmd is not empty. \a max_time: limit of an attempt;
    /// zero: none.
    CommandSink(Loop& loop, std::vector<std::string> cmd, Duration max_time, Output& output,
                Log& log);

    /// An attempt ends when the command has exited and nobody holds its outputs any more. A stop
    /// terminates it, with its group.
    [[nodiscard]] Task<Result<Verdict>> deliver(const Batch& batch) override;
    [[nodiscard]] Task<Result<void>> close() override;
    void kill() noexcept override;

    /// How many arguments of \a cmd take the lines; none: stdin does.
    [[nodiscard]] static std::size_t places(const std::vector<std::string>& cmd) noexcept;
    /// How many bytes of lines there may be on its command line, for each of its places, where a
    /// line costs kArgumentCost more than it has.
    [[nodiscard]] static std::uint64_t argument_room(const std::vector<std::string>& cmd);
    static constexpr std::uint64_t kArgumentCost = 1 + sizeof(char*);
    /// The longest line that can be an argument (MAX_ARG_STRLEN of Linux, 32 pages).
    [[nodiscard]] static std::uint64_t longest_argument() noexcept;

private:
    class Attempt;

    [[nodiscard]] bool stderr_is_told() const noexcept { return log_.verbose() || log_.quiet(); }
    [[nodiscard]] ProcessOptions options_for(const Batch& batch) const;
    [[nodiscard]] Task<Result<void>> print(Spool& printed);
    [[nodiscard]] Task<void> room_for_more();

    Loop& loop_;
    std::vector<std::string> cmd_;
    std::size_t places_;
    Duration max_time_;
    Output& output_;
    Log& log_;
    std::set<Process*> running_;
    Lock printing_;
};

}  // namespace runnel
