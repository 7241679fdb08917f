#pragma once

#include <optional>
#include <string>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/race/change_file.hpp"
#include "app/race/race_plan.hpp"
#include "io/output.hpp"
#include "service/race_summary.hpp"

namespace runnel {

/// Prints the result of a race as soon as it is decided, or with `--all` each attempt as it ends.
/// Logs the attempts.
class RaceReport final : public RaceObserver {
public:
    /// All must outlive this. Sets the content of \a output.
    RaceReport(const RacePlan& plan, const ChangeFile& change, Output& output, Log& log)
        : plan_(plan), change_(change), output_(output), log_(log) {
        output_.set_content(plan.json ? Output::Content::Json : Output::Content::Text);
    }

    void retrying(const Source& source, const Error& failure, Duration wait) override;
    void ended(const RaceAttempt& attempt) override;
    void decided(const Race& race) override;

    /// Returns the exit status of the race; Success if something else ended it and sets the status.
    [[nodiscard]] ExitStatus status() const noexcept { return status_; }
    /// Returns the value of the winner if it differs from that of the change file; otherwise not
    /// set.
    [[nodiscard]] const std::optional<std::string>& changed() const noexcept { return changed_; }

private:
    void print_attempt(const RaceAttempt& attempt);
    void print_unasked(const Race& race);
    void print_decision(const Race& race, const RaceAnswer& answer);
    void print_fallback();
    void log_failure(const Race& race, const RaceAnswer& answer);

    const RacePlan& plan_;
    const ChangeFile& change_;
    std::optional<std::string> changed_;
    Output& output_;
    Log& log_;
    ExitStatus status_ = ExitStatus::Success;
};

}  // namespace runnel
