#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/option_set.hpp"
#include "base/result.hpp"

namespace runnel {

/// What a configuration file or the environment says about one option.
struct ConfigSetting {
    /// A word of the environment is a value or, for a flag, true or false in one of its spellings.
    enum class Kind { Value, List, Bool, Word };
    /// A text for the option, and its place: `a.toml:3:8: [fetch] jobs`.
    struct Value {
        std::string place;
        std::string text;
        bool is_table = false;  ///< The text is a TOML table, as JSON.
    };

    std::string place;
    std::string key;  ///< A long name of the option; `_` may stand for `-` and `.`.
    Kind kind;
    std::vector<Value> values;  ///< One, or those of the list.
};

/// Options of commands that are set in the environment or in a configuration file. They become
/// arguments of the command, in front of those of the command line, so that OptionSet alone knows
/// what an option means.
///
/// Errors are ErrorClass::BadInput and name the place of the setting.
class Config {
public:
    /// \a commands: the names that a table or a variable may have.
    explicit Config(std::vector<std::string> commands);

    /// Reads the variables RUNNEL_<COMMAND>_<OPTION> of \a environment, which is like `environ`.
    void read_environment(const char* const* environment);
    /// Reads a file of TOML with one table for each command.
    [[nodiscard]] Result<void> read_file(const std::string& path);

    [[nodiscard]] bool empty() const noexcept { return commands_.empty(); }
    [[nodiscard]] bool mention(const std::string& command) const;

    /// Checks each setting of \a command by itself, and returns the arguments that say the same.
    /// Leaves out settings that are overridden: a setting of the file for an option that the
    /// environment sets, and any setting for an option that \a set has parsed from the command
    /// line. So a list is replaced and never made longer. An option also overrides those that it
    /// excludes. The targets of the options of \a set are undefined afterwards.
    [[nodiscard]] Result<std::vector<std::string>> arguments(const std::string& command,
                                                             const OptionSet& set) const;
    /// Gives the option \a key of \a set the value that the settings have for it, ignoring what is
    /// wrong with others: for a run that is refused.
    void apply(const std::string& command, std::string_view key, const OptionSet& set) const;

private:
    /// In order: of options that exclude each other the last one counts.
    struct OfCommand {
        std::vector<ConfigSetting> environment;
        std::vector<ConfigSetting> file;
    };

    std::vector<std::string> names_;
    std::map<std::string, OfCommand> commands_;
};

}  // namespace runnel
