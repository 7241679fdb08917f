#pragma once

#include <string>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "io/output.hpp"
#include "service/race_summary.hpp"

namespace runnel {

struct RaceOptions;

/// Prints what a race comes to as soon as it is decided, or with `--all` each attempt as it ends,
/// and tells its story on stderr.
class RaceReport final : public RaceObserver {
public:
    /// \a about_ip: the value is our address, as `ip --json` says. All others must outlive this.
    RaceReport(const RaceOptions& options, bool about_ip, Output& output, Log& log)
        : options_(options), about_ip_(about_ip), output_(output), log_(log) {}

    void retrying(const Source& source, const Error& failure, Duration wait) override;
    void ended(const RaceAttempt& attempt) override;
    void decided(const Race& race) override;

    /// Of the decision. Success when something else ended the race, and has a status of its own.
    [[nodiscard]] ExitStatus status() const noexcept { return status_; }

private:
    void print_attempt(const RaceAttempt& attempt);
    void print_rest(const Race& race, const RaceAnswer& answer);
    void print_decision(const Race& race, const RaceAnswer& answer);
    void print_fallback();
    void tell_failure(const Race& race, const RaceAnswer& answer);

    const RaceOptions& options_;
    bool about_ip_;
    Output& output_;
    Log& log_;
    ExitStatus status_ = ExitStatus::Success;
};

}  // namespace runnel
