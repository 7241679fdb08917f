#include "app/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "app/cli/config.hpp"
#include "app/cli/file_names_check.hpp"
#include "app/cli/help.hpp"
#include "base/printable.hpp"

namespace runnel {

namespace {

using Commands = std::span<const CommandEntry>;
using Arguments = std::vector<std::string>;
using Outcome = OptionSet::Outcome;

constexpr const char* kHelpCommand = "help";

std::vector<std::string> names_of(Commands commands) {
    std::vector<std::string> names;
    for (const CommandEntry& entry : commands) {
        names.emplace_back(entry.name);
    }
    return names;
}

/// The options of a command and the global ones in one parser: a global option may stand on either
/// side of COMMAND, and no argument is mistaken for the name of a command.
class CommandParser {
public:
    explicit CommandParser(const CommandEntry& entry) : entry_(entry), command_(entry.make()) {
        options_.group("Options");
        command_->describe(options_);
        describe_globals(options_, globals_);
    }

    [[nodiscard]] const CommandEntry& entry() const noexcept { return entry_; }
    [[nodiscard]] const OptionSet& options() const noexcept { return options_; }
    [[nodiscard]] const GlobalOptions& globals() const noexcept { return globals_; }

    [[nodiscard]] Result<Outcome> parse(Arguments arguments) {
        if (Arguments* cmd = command_->cmd()) {
            const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
            cmd->assign(dashes == arguments.end() ? dashes : dashes + 1, arguments.end());
            arguments.erase(dashes, arguments.end());
        }
        RUNNEL_TRY_ASSIGN(const Outcome outcome, options_.parse(std::move(arguments)));
        if (outcome == Outcome::Parsed) {
            RUNNEL_TRY(check_files(options_.rows()));
        }
        return outcome;
    }

    [[nodiscard]] std::string text_of(Outcome outcome) const {
        return outcome == Outcome::Help ? command_help(entry_, options_) : version_text();
    }
    [[nodiscard]] CommandLine take() && {
        return CommandLine{"", "", std::move(globals_), std::move(command_)};
    }

private:
    const CommandEntry& entry_;
    GlobalOptions globals_;
    std::unique_ptr<Command> command_;
    OptionSet options_;
};

/// Parses one command line, with the settings of the environment and of the configuration file.
class Parsing {
public:
    Parsing(Commands commands, const char* const* environment)
        : commands_(commands), config_(names_of(commands)) {
        config_.read_environment(environment);
        describe_globals(global_set_, globals_);
    }

    [[nodiscard]] CommandLine parse(Arguments arguments) {
        const Result<Outcome> outcome = parse_all(arguments);
        if (!outcome) {
            return refuse(outcome.error(), arguments);
        }
        if (*outcome == Outcome::Parsed) {
            return std::move(*parser_).take();
        }
        CommandLine line;
        line.text = parser_                     ? parser_->text_of(*outcome)
                    : !tables_.empty()          ? tables_
                    : *outcome == Outcome::Help ? overview(commands_, global_set_)
                                                : version_text();
        return line;
    }

private:
    [[nodiscard]] Result<Outcome> parse_all(Arguments& arguments) {
        RUNNEL_TRY_ASSIGN(const Outcome leading, take_command(arguments));
        if (leading != Outcome::Parsed) {
            return leading;
        }
        RUNNEL_TRY_ASSIGN(const Outcome alone, parser_->parse(arguments));
        if (alone != Outcome::Parsed || (!parser_->globals().config && config_.empty())) {
            return alone;
        }
        RUNNEL_TRY(add_settings(arguments));
        parser_.emplace(parser_->entry());
        return parser_->parse(arguments);
    }

    /// Takes COMMAND out of \a arguments, so that the global options before it stand with the
    /// others, and makes its parser. Help and Version are outcomes of a line without COMMAND.
    [[nodiscard]] Result<Outcome> take_command(Arguments& arguments) {
        Arguments rest;
        Result<Outcome> leading = global_set_.parse_leading(arguments, rest);
        if (rest.empty()) {
            // If there is a COMMAND, its own parser reports the same problem, with its help.
            RUNNEL_TRY_ASSIGN(const Outcome outcome, std::move(leading));
            return outcome != Outcome::Parsed
                       ? Result<Outcome>(outcome)
                       : bad_input(fmt::format("say what to do: {}", listed_commands()));
        }
        const auto asked = arguments.end() - static_cast<std::ptrdiff_t>(rest.size());
        if (*asked == kHelpCommand) {
            if (rest.size() == 1 || rest[1].starts_with('-')) {
                tables_ = rest.size() > 1 && rest[1] == "--json" ? all_tables() : "";
                return Outcome::Help;
            }
            // `help COMMAND` is `COMMAND --help`.
            *asked = std::exchange(*(asked + 1), "--help");
        }
        if (asked->starts_with('-')) {
            return bad_input(
                fmt::format("no global option: {} (others stand behind the command)", *asked));
        }
        const auto entry =
            std::find_if(commands_.begin(), commands_.end(),
                         [&](const CommandEntry& row) { return row.name == *asked; });
        if (entry == commands_.end()) {
            return bad_input(
                fmt::format("no such command: {} (there is {})", *asked, listed_commands()));
        }
        parser_.emplace(*entry);
        arguments.erase(asked);
        return Outcome::Parsed;
    }

    /// Adds what the environment and the configuration file say about the command, and checks what
    /// they say about others.
    [[nodiscard]] Result<void> add_settings(Arguments& arguments) {
        if (parser_->globals().config) {
            RUNNEL_TRY(config_.read_file(*parser_->globals().config));
        }
        for (const CommandEntry& other : commands_) {
            if (&other != &parser_->entry() && config_.mention(other.name)) {
                const CommandParser unused(other);
                RUNNEL_TRY(config_.arguments(other.name, unused.options()));
            }
        }
        RUNNEL_TRY_ASSIGN(const Arguments added,
                          config_.arguments(parser_->entry().name, parser_->options()));
        arguments.insert(arguments.begin(), added.begin(), added.end());
        return {};
    }

    [[nodiscard]] CommandLine refuse(const Error& error, const Arguments& arguments) {
        CommandLine line;
        if (parser_) {
            // Once more, for the options that decide about the exit status.
            const CommandEntry& entry = parser_->entry();
            parser_.emplace(entry);
            static_cast<void>(parser_->parse(arguments));
            if (parser_->globals().config) {
                static_cast<void>(config_.read_file(*parser_->globals().config));
            }
            config_.apply(entry.name, "format", parser_->options());
            line = std::move(*parser_).take();
        }
        const std::string command =
            parser_ ? fmt::format("runnel {}", parser_->entry().name) : "runnel";
        line.refusal = fmt::format("{}\nTry: {} --help", printable(error.message()), command);
        return line;
    }

    [[nodiscard]] std::string listed_commands() const {
        return fmt::format("{}", fmt::join(names_of(commands_), ", "));
    }
    [[nodiscard]] std::string all_tables() const {
        std::string tables;
        for (const CommandEntry& entry : commands_) {
            const CommandParser parser(entry);
            tables += command_table(entry, parser.options());
        }
        return tables;
    }

    Commands commands_;
    Config config_;
    GlobalOptions globals_;
    OptionSet global_set_;
    std::optional<CommandParser> parser_;
    std::string tables_;  ///< What `help --json` prints; empty if it was not asked for.
};

}  // namespace

CommandLine parse_command_line(Commands commands, Arguments arguments,
                               const char* const* environment) {
    return Parsing(commands, environment).parse(std::move(arguments));
}

}  // namespace runnel
