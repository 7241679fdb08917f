#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/console/log.hpp"
#include "base/deadline.hpp"

namespace CLI {
class App;
}

namespace runnel {

/// One command, from the description of its options to its run.
class Command {
public:
    Command() = default;
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    virtual ~Command() = default;

    /// Describes its options to \a app, whose parsing fills them in.
    virtual void describe(CLI::App& app) = 0;
    /// Where CMD ARGS go, which the first bare `--` starts. Null: the command takes none, and what
    /// follows `--` are its arguments.
    virtual std::vector<std::string>* cmd() = 0;
    /// Does what the options say; gives the exit status. \a started: when the process did.
    virtual int run(Log& log, TimePoint started) = 0;
};

/// A command of two functions and the options that they share; a member `cmd` of those, if there
/// is one, takes CMD ARGS.
template <class Options, void (*describe_options)(CLI::App&, Options&),
          int (*run_with)(const Options&, Log&, TimePoint)>
class OptionsCommand final : public Command {
public:
    void describe(CLI::App& app) override { describe_options(app, options_); }
    std::vector<std::string>* cmd() override {
        if constexpr (requires { options_.cmd; }) {
            return &options_.cmd;
        } else {
            return nullptr;
        }
    }
    int run(Log& log, TimePoint started) override { return run_with(options_, log, started); }

private:
    Options options_;
};

/// A row of the table of commands.
struct CommandEntry {
    const char* name;
    const char* description;
    std::unique_ptr<Command> (*make)();
};

/// For the last column of the table.
template <class Options, void (*describe)(CLI::App&, Options&),
          int (*run)(const Options&, Log&, TimePoint)>
std::unique_ptr<Command> make_command() {
    return std::make_unique<OptionsCommand<Options, describe, run>>();
}

}  // namespace runnel
