#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "base/deadline.hpp"

namespace runnel {

/// One command, from the description of its options to its run.
class Command {
public:
    Command() = default;
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    virtual ~Command() = default;

    /// Adds its options to \a set, whose parsing fills them in.
    virtual void describe(OptionSet& set) = 0;
    /// Returns where CMD ARGS go, which the first bare `--` starts; null if the command takes none:
    /// then what follows `--` are its arguments.
    virtual std::vector<std::string>* cmd() = 0;
    /// Returns the exit status of a run that \a status ends before it begins, with the options as
    /// far as they were parsed.
    [[nodiscard]] virtual ExitStatus status_before_run(ExitStatus status) const = 0;
    /// Returns what stdout gets when \a why ends a run before it begins; usually empty.
    [[nodiscard]] virtual std::string text_before_run(std::string_view why) const = 0;
    /// Does what the options say, and returns the exit status. \a started: when the process did.
    virtual int run(Log& log, TimePoint started) = 0;
};

/// A command made of functions and the options that they share. A member `cmd` of the options takes
/// CMD ARGS, and their member functions `status_before_run` and `text_before_run` are those of
/// Command.
template <class Options, void (*describe_options)(OptionSet&, Options&),
          int (*run_with)(const Options&, Log&, TimePoint)>
class OptionsCommand final : public Command {
public:
    void describe(OptionSet& set) override { describe_options(set, options_); }
    std::vector<std::string>* cmd() override {
        if constexpr (requires { options_.cmd; }) {
            return &options_.cmd;
        } else {
            return nullptr;
        }
    }
    [[nodiscard]] ExitStatus status_before_run(ExitStatus status) const override {
        if constexpr (requires { options_.status_before_run(status); }) {
            return options_.status_before_run(status);
        } else {
            return status;
        }
    }
    [[nodiscard]] std::string text_before_run(std::string_view why) const override {
        if constexpr (requires { options_.text_before_run(why); }) {
            return options_.text_before_run(why);
        } else {
            return "";
        }
    }
    int run(Log& log, TimePoint started) override { return run_with(options_, log, started); }

private:
    Options options_;
};

/// A command line that shows what a command does.
struct CommandExample {
    const char* line;
    const char* meaning;
};

/// A row of the table of commands.
struct CommandEntry {
    const char* name;
    const char* purpose;   ///< One phrase.
    const char* synopsis;  ///< What follows `runnel NAME [OPTIONS]`.
    const char* notes;     ///< The last paragraph of the help; may be empty.
    std::array<CommandExample, 2> examples;
    std::unique_ptr<Command> (*make)();
};

/// For the last column of the table.
template <class Options, void (*describe)(OptionSet&, Options&),
          int (*run)(const Options&, Log&, TimePoint)>
std::unique_ptr<Command> make_command() {
    return std::make_unique<OptionsCommand<Options, describe, run>>();
}

}  // namespace runnel
