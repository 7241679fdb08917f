#include "app/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "app/cli/config.hpp"
#include "app/cli/help_formatter.hpp"
#include "base/printable.hpp"

namespace runnel {

namespace {

using Commands = std::span<const CommandEntry>;
using Arguments = std::vector<std::string>;

constexpr const char* kHelp = "help";
constexpr const char* kPurpose = "Fetches many URLs at once and feeds what comes back onward.";

std::vector<std::string> names_of(Commands commands) {
    std::vector<std::string> names;
    for (const CommandEntry& entry : commands) {
        names.emplace_back(entry.name);
    }
    return names;
}

std::string overview(Commands commands) {
    GlobalOptions globals;
    CLI::App app(kPurpose, "runnel");
    app.formatter(std::make_shared<HelpFormatter>());
    describe_globals(app, globals);
    for (const CommandEntry& entry : commands) {
        app.add_subcommand(entry.name, entry.description)->group("Commands");
    }
    app.add_subcommand(kHelp, "Print the help of a command")->group("Commands");
    app.require_subcommand(1);
    app.get_formatter()->label("SUBCOMMAND", "COMMAND");
    return app.help();
}

/// The options of a command and the global ones, described to one parser: so it does not matter on
/// which side of COMMAND a global option stands, and no argument passes for a command's name.
class CommandParser {
public:
    explicit CommandParser(const CommandEntry& entry)
        : command_(entry.make()), app_(entry.description, fmt::format("runnel {}", entry.name)) {
        app_.formatter(std::make_shared<HelpFormatter>());
        command_->describe(app_);
        describe_globals(app_, globals_);
    }

    [[nodiscard]] CLI::App& app() noexcept { return app_; }
    [[nodiscard]] const GlobalOptions& globals() const noexcept { return globals_; }

    void parse(Arguments arguments) {
        if (Arguments* cmd = command_->cmd()) {
            const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
            cmd->assign(dashes == arguments.end() ? dashes : dashes + 1, arguments.end());
            arguments.erase(dashes, arguments.end());
        }
        split_empty_values(arguments);
        std::reverse(arguments.begin(), arguments.end());
        app_.parse(std::move(arguments));
    }

    [[nodiscard]] CommandLine take() && {
        return CommandLine{"", std::move(globals_), std::move(command_)};
    }

private:
    /// `--name=` becomes two words: CLI11 would take the next argument for the value.
    void split_empty_values(Arguments& arguments) const {
        for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
            const std::string name = arguments[i].substr(0, arguments[i].find('='));
            if (name.size() + 1 != arguments[i].size() || !takes_value(name)) {
                continue;
            }
            arguments[i] = name;
            arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(++i), "");
        }
    }

    [[nodiscard]] bool takes_value(const std::string& name) const {
        const CLI::Option* option =
            name.starts_with("--") ? app_.get_option_no_throw(name) : nullptr;
        return option != nullptr && option->get_items_expected_max() > 0;
    }

    GlobalOptions globals_;
    std::unique_ptr<Command> command_;
    CLI::App app_;
};

/// Takes COMMAND out of \a arguments, so that the global options before it stand with the others.
/// Throws what is asked for, or what is wrong, when there is no COMMAND.
const CommandEntry& take_command(Commands commands, Arguments& arguments) {
    GlobalOptions globals;
    CLI::App app;
    describe_globals(app, globals);
    app.prefix_command();
    try {
        app.parse(Arguments(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError&) {
        // With a COMMAND its own parser meets the same again, and knows its help.
        if (app.remaining().empty()) {
            throw;
        }
    }
    const Arguments rest = app.remaining();
    const std::string there_are = fmt::format("{}", fmt::join(names_of(commands), ", "));
    if (rest.empty()) {
        throw CLI::RequiredError(fmt::format("say what to do: {}", there_are),
                                 CLI::ExitCodes::RequiredError);
    }
    const auto asked = arguments.end() - static_cast<std::ptrdiff_t>(rest.size());
    if (*asked == kHelp) {
        if (rest.size() == 1 || rest[1].starts_with('-')) {
            throw CLI::CallForHelp();
        }
        // `help COMMAND` is `COMMAND --help`.
        *asked = std::exchange(*(asked + 1), "--help");
    }
    const std::string& name = *asked;
    if (name.starts_with('-')) {
        throw CLI::ExtrasError(
            fmt::format("no global option: {} (others stand behind the command)", name),
            CLI::ExitCodes::ExtrasError);
    }
    const auto entry = std::find_if(commands.begin(), commands.end(),
                                    [&name](const CommandEntry& row) { return row.name == name; });
    if (entry == commands.end()) {
        throw CLI::ExtrasError(fmt::format("no such command: {} (there is {})", name, there_are),
                               CLI::ExitCodes::ExtrasError);
    }
    arguments.erase(asked);
    return *entry;
}

/// Parses what stands on the command line alone. Where there are settings, what it says about more
/// than one option may be wrong without them, so errors are left to the parser that gets all.
void parse_alone(CommandParser& parser, const Arguments& arguments, const Config& environment) {
    try {
        parser.parse(arguments);
    } catch (const CLI::Success&) {
        throw;  // help or versions
    } catch (const CLI::ParseError&) {
        if (environment.empty() && !parser.globals().config) {
            throw;
        }
    }
}

/// Adds what the environment and the configuration file say about the command of \a entry, and
/// checks what they say about others. \a parser has parsed the arguments.
void add_settings(Arguments& arguments, Config& settings, Commands commands,
                  const CommandEntry& entry, CommandParser& parser) {
    if (parser.globals().config) {
        settings.read_file(*parser.globals().config);
    }
    for (const CommandEntry& other : commands) {
        if (&other != &entry && settings.mention(other.name)) {
            CommandParser unused(other);
            static_cast<void>(settings.arguments(other.name, unused.app()));
        }
    }
    const Arguments added = settings.arguments(entry.name, parser.app());
    arguments.insert(arguments.begin(), added.begin(), added.end());
}

}  // namespace

Result<CommandLine> parse_command_line(Commands commands, Arguments arguments,
                                       const char* const* environment) {
    std::optional<CommandParser> parser;
    try {
        const CommandEntry& entry = take_command(commands, arguments);
        parser.emplace(entry);
        Config settings(names_of(commands));
        settings.read_environment(environment);
        parse_alone(*parser, arguments, settings);
        if (parser->globals().config || !settings.empty()) {
            add_settings(arguments, settings, commands, entry, *parser);
            parser.emplace(entry);
            parser->parse(arguments);
        }
        return std::move(*parser).take();
    } catch (const CLI::CallForHelp&) {
        return CommandLine{parser ? parser->app().help() : overview(commands), {}, nullptr};
    } catch (const CLI::CallForVersion& versions) {
        return CommandLine{versions.what() + std::string("\n"), {}, nullptr};
    } catch (const CLI::ParseError& error) {
        const std::string command = parser ? parser->app().get_name() : "runnel";
        return Error(ErrorClass::BadInput,
                     fmt::format("{}\nTry: {} --help", printable(error.what()), command));
    }
}

}  // namespace runnel
