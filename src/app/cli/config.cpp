#include "app/cli/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace runnel {

namespace {

using Arguments = std::vector<std::string>;
using Row = OptionSet::Row;
/// Options that are set, each with whether it is in force: a flag may be set to false.
using Given = std::map<const Row*, bool>;

Error refused(const std::string& place, std::string_view why) {
    return bad_input(fmt::format("{}: {}", place, why));
}

Result<const Row*> row_of(const OptionSet& set, const ConfigSetting& setting) {
    const Row* row = set.find(setting.key);
    if (row == nullptr) {
        return refused(setting.place, "there is no such option");
    }
    if (row->command_line_only) {
        return refused(setting.place,
                       fmt::format("{} may stand on the command line only", row->long_name()));
    }
    return row;
}

/// The flag that says the opposite, `--no-name` for `--name`; null if there is none.
const Row* opposite_of(const OptionSet& set, const Row& flag) {
    constexpr std::string_view no = "no-";
    const std::string name = flag.long_name().substr(2);
    const Row* found =
        set.find(name.starts_with(no) ? name.substr(no.size()) : std::string(no) + name);
    return found != nullptr && found->kind == OptionSet::Kind::Flag ? found : nullptr;
}

std::optional<bool> truth_of(std::string_view text) {
    const std::string word = lower_case(text);
    if (word == "true" || word == "1" || word == "yes" || word == "on") {
        return true;
    }
    if (word == "false" || word == "0" || word == "no" || word == "off") {
        return false;
    }
    return std::nullopt;
}

/// Lets the option itself judge \a text.
Result<void> check(const Row& row, const std::string& text, const std::string& place) {
    const Result<void> taken = row.take({text});
    return taken ? Result<void>() : refused(place, taken.error().message());
}

Result<Arguments> flag_arguments(const OptionSet& set, const Row* flag,
                                 const ConfigSetting& setting) {
    if (setting.kind == ConfigSetting::Kind::Value || setting.kind == ConfigSetting::Kind::List) {
        return refused(setting.place, "takes no value, only true or false");
    }
    const std::string& text = setting.values.front().text;
    const std::optional<bool> truth = truth_of(text);
    if (!truth) {
        return refused(setting.place, fmt::format("\"{}\" is neither true nor false", text));
    }
    if (!*truth) {
        flag = opposite_of(set, *flag);
    }
    if (flag == nullptr) {
        return Arguments();
    }
    RUNNEL_TRY(check(*flag, "true", setting.place));
    return Arguments{flag->long_name()};
}

Result<Arguments> value_arguments(const Row& row, const ConfigSetting& setting) {
    if (setting.kind == ConfigSetting::Kind::Bool) {
        return refused(setting.place, "takes a value, not true or false");
    }
    if (setting.kind == ConfigSetting::Kind::List && row.kind != OptionSet::Kind::Repeatable) {
        return refused(setting.place, "takes one value, not a list");
    }
    Arguments arguments;
    for (const ConfigSetting::Value& value : setting.values) {
        if (value.is_table && !row.takes_tables) {
            return refused(value.place, "expected a string or a number");
        }
        RUNNEL_TRY(check(row, value.text, value.place));
        // One word, because a value may begin with dashes.
        arguments.push_back(fmt::format("{}={}", row.long_name(), value.text));
    }
    return arguments;
}

/// Whether the option, or one that it excludes, is given with more weight.
bool is_overridden(const Row& row, const Given& given) {
    return given.contains(&row) ||
           std::any_of(row.excluded.begin(), row.excluded.end(), [&given](const Row* other) {
               const auto found = given.find(other);
               return found != given.end() && found->second;
           });
}

/// The arguments for one source, without what the options of \a given override. Adds its own to
/// \a given.
Result<Arguments> source_arguments(const OptionSet& set, const std::vector<ConfigSetting>& settings,
                                   Given& given) {
    Arguments arguments;
    Given here;
    for (const ConfigSetting& setting : settings) {
        RUNNEL_TRY_ASSIGN(const Row* row, row_of(set, setting));
        if (setting.kind == ConfigSetting::Kind::Word && setting.values.front().text.empty()) {
            continue;
        }
        if (here.contains(row)) {
            return refused(setting.place, fmt::format("{} is set already", row->long_name()));
        }
        RUNNEL_TRY_ASSIGN(Arguments said, row->kind == OptionSet::Kind::Flag
                                              ? flag_arguments(set, row, setting)
                                              : value_arguments(*row, setting));
        here.emplace(row, !said.empty());
        if (!is_overridden(*row, given)) {
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
            std::string prefix = fmt::format("{}{}_", ours, command);
            std::transform(prefix.begin(), prefix.end(), prefix.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            if (name.starts_with(prefix)) {
                commands_[command].environment.push_back({name,
                                                          lower_case(name.substr(prefix.size())),
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

Result<Arguments> Config::arguments(const std::string& command, const OptionSet& set) const {
    const auto settings = commands_.find(command);
    if (settings == commands_.end()) {
        return Arguments();
    }
    Given given;
    for (const auto& row : set.rows()) {
        if (row->given) {
            given.emplace(row.get(), true);
        }
    }
    RUNNEL_TRY_ASSIGN(const Arguments environment,
                      source_arguments(set, settings->second.environment, given));
    RUNNEL_TRY_ASSIGN(Arguments arguments, source_arguments(set, settings->second.file, given));
    arguments.insert(arguments.end(), environment.begin(), environment.end());
    return arguments;
}

void Config::apply(const std::string& command, std::string_view key, const OptionSet& set) const {
    const auto settings = commands_.find(command);
    const Row* row = set.find(key);
    if (settings == commands_.end() || row == nullptr || row->given) {
        return;
    }
    for (const auto* source : {&settings->second.file, &settings->second.environment}) {
        for (const ConfigSetting& setting : *source) {
            if (set.find(setting.key) == row && setting.values.size() == 1) {
                static_cast<void>(row->take({setting.values.front().text}));
            }
        }
    }
}

}  // namespace runnel
