#include "app/cli/config.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace runnel {

namespace {

using Arguments = std::vector<std::string>;
/// Options that are set, each with whether it is there at all: a flag may be set to be absent.
using Given = std::map<const CLI::Option*, bool>;

/// An option by one of its long names; a flag may have two, of which one says no.
struct Named {
    CLI::Option* option;
    std::string name;

    [[nodiscard]] bool is_flag() const { return option->get_items_expected_max() == 0; }
    [[nodiscard]] bool is_repeatable() const { return option->get_items_expected_max() > 1; }
};

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
    throw CLI::ConfigError(fmt::format("{}: {}", place, why));
}

/// \a text with each character through std::tolower or std::toupper.
std::string each(int (*change)(int), std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [change](char c) {
        return static_cast<char>(change(static_cast<unsigned char>(c)));
    });
    return text;
}

/// A name as TOML and the environment can write it.
std::string plain(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

std::optional<Named> find(CLI::App& app, const std::string& key) {
    for (CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            if (plain(name) == plain(key)) {
                return Named{option, name};
            }
        }
    }
    return std::nullopt;
}

Named option_of(CLI::App& app, const ConfigSetting& setting) {
    const std::optional<Named> found = find(app, setting.key);
    if (!found) {
        refuse(setting.place, "there is no such option");
    }
    if (!found->option->get_configurable()) {
        refuse(setting.place, fmt::format("--{} may stand on the command line only", found->name));
    }
    return *found;
}

/// The flag that says the opposite, `--no-name` for `--name`, if there is one.
std::optional<Named> opposite_of(CLI::App& app, const std::string& name) {
    constexpr std::string_view no = "no-";
    const bool negative = name.starts_with(no);
    const std::optional<Named> found =
        find(app, negative ? name.substr(no.size()) : std::string(no) + name);
    return found && found->is_flag() ? found : std::nullopt;
}

std::optional<bool> truth_of(const std::string& text) {
    const std::string word = each(std::tolower, text);
    if (word == "true" || word == "1" || word == "yes" || word == "on") {
        return true;
    }
    if (word == "false" || word == "0" || word == "no" || word == "off") {
        return false;
    }
    return std::nullopt;
}

/// Lets the option itself judge what it would be given.
void check(CLI::Option& option, const std::string& text, const std::string& place) {
    option.clear();
    try {
        option.add_result(text);
        option.run_callback();
    } catch (const CLI::ParseError& error) {
        std::string_view why = error.what();
        const std::string name = fmt::format("--{}: ", option.get_lnames().front());
        if (why.starts_with(name)) {
            why.remove_prefix(name.size());
        }
        refuse(place, std::string(why));
    }
}

Arguments flag_arguments(CLI::App& app, Named flag, const ConfigSetting& setting) {
    if (setting.kind == ConfigSetting::Kind::Value || setting.kind == ConfigSetting::Kind::List) {
        refuse(setting.place, "takes no value, only true or false");
    }
    const std::string& text = setting.values.front().text;
    const std::optional<bool> truth = truth_of(text);
    if (!truth) {
        refuse(setting.place, fmt::format("\"{}\" is neither true nor false", text));
    }
    if (!*truth) {
        const std::optional<Named> opposite = opposite_of(app, flag.name);
        if (!opposite) {
            return {};
        }
        flag = *opposite;
    }
    check(*flag.option, flag.option->get_flag_value(flag.name, ""), setting.place);
    return {"--" + flag.name};
}

Arguments value_arguments(const Named& option, const ConfigSetting& setting) {
    if (setting.kind == ConfigSetting::Kind::Bool) {
        refuse(setting.place, "takes a value, not true or false");
    }
    if (setting.kind == ConfigSetting::Kind::List && !option.is_repeatable()) {
        refuse(setting.place, "takes one value, not a list");
    }
    Arguments arguments;
    for (const ConfigSetting::Value& value : setting.values) {
        if (value.is_table && option.option->get_type_name() != kTableType) {
            refuse(value.place, "expected a string or a number");
        }
        check(*option.option, value.text, value.place);
        // The one way for a value with leading dashes, and the other for the empty one: CLI11
        // reads `--name=` as if its value followed.
        if (value.text.empty()) {
            arguments.insert(arguments.end(), {"--" + option.name, ""});
        } else {
            arguments.push_back(fmt::format("--{}={}", option.name, value.text));
        }
    }
    return arguments;
}

/// Whether it, or what it cannot stand beside, is given with more weight.
bool is_overridden(const CLI::Option& option, const Given& given) {
    const auto excluded = option.get_excludes();
    return given.contains(&option) ||
           std::any_of(excluded.begin(), excluded.end(), [&given](const CLI::Option* other) {
               const auto found = given.find(other);
               return found != given.end() && found->second;
           });
}

/// What one source says, without what is overridden by the options that are \a given. Its own are
/// given from then on.
Arguments source_arguments(CLI::App& app, const std::vector<ConfigSetting>& settings,
                           Given& given) {
    Arguments arguments;
    Given here;
    for (const ConfigSetting& setting : settings) {
        const Named named = option_of(app, setting);
        if (setting.kind == ConfigSetting::Kind::Word && setting.values.front().text.empty()) {
            continue;
        }
        if (here.contains(named.option)) {
            refuse(setting.place,
                   fmt::format("--{} is set already", named.option->get_lnames().front()));
        }
        Arguments said =
            named.is_flag() ? flag_arguments(app, named, setting) : value_arguments(named, setting);
        here.emplace(named.option, !said.empty());
        if (!is_overridden(*named.option, given)) {
            std::move(said.begin(), said.end(), std::back_inserter(arguments));
        }
    }
    given.merge(here);
    return arguments;
}

}  // namespace

Config::Config(std::vector<std::string> commands) : names_(std::move(commands)) {}

void Config::read_environment(const char* const* environment) {
    constexpr std::string_view ours = "RUNNEL_";
    for (; *environment != nullptr; ++environment) {
        const std::string_view variable = *environment;
        if (!variable.starts_with(ours)) {
            continue;
        }
        const std::string name(variable.substr(0, variable.find('=')));
        const std::string value(variable.substr(std::min(name.size() + 1, variable.size())));
        for (const std::string& command : names_) {
            const std::string prefix = fmt::format("{}{}_", ours, each(std::toupper, command));
            if (name.starts_with(prefix)) {
                commands_[command].environment.push_back(
                    {name,
                     each(std::tolower, name.substr(prefix.size())),
                     ConfigSetting::Kind::Word,
                     {{name, value}}});
            }
        }
    }
    for (auto& [command, settings] : commands_) {
        std::sort(settings.environment.begin(), settings.environment.end(),
                  [](const ConfigSetting& a, const ConfigSetting& b) { return a.place < b.place; });
    }
}

bool Config::mention(const std::string& command) const { return commands_.contains(command); }

Arguments Config::arguments(const std::string& command, CLI::App& app) const {
    const auto settings = commands_.find(command);
    if (settings == commands_.end()) {
        return {};
    }
    Given given;
    for (const CLI::Option* option : app.get_options()) {
        if (option->count() > 0) {
            given.emplace(option, true);
        }
    }
    const Arguments environment = source_arguments(app, settings->second.environment, given);
    Arguments arguments = source_arguments(app, settings->second.file, given);
    arguments.insert(arguments.end(), environment.begin(), environment.end());
    return arguments;
}

}  // namespace runnel
