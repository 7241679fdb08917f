#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace runnel {

/// The type name of an option that takes a table of a configuration file, as JSON.
inline constexpr const char* kTableType = "TABLE";

/// What a configuration file or the environment says about one option.
struct ConfigSetting {
    /// A word of the environment is a value or, for a flag, true or false in one of its spellings.
    enum class Kind { Value, List, Bool, Word };
    /// The text that the option is given, and where it stands: `a.toml:3:8: [fetch] jobs`.
    struct Value {
        std::string place;
        std::string text;
        bool is_table = false;  ///< The text is the table, as JSON.
    };

    std::string place;
    std::string key;  ///< A long name of the option; `_` may stand for `-` and `.`.
    Kind kind;
    std::vector<Value> values;  ///< One, or those of the list.
};

/// Options of commands that do not stand on the command line, but in the environment or in a
/// configuration file. They end as arguments of the command, in front of those that it has, so
/// that the parser is the only one who knows what an option means. There is no list of options
/// here: what there is and what it takes is asked of the parser, where `configurable(false)` keeps
/// an option for the command line.
///
/// What is wrong with a setting is thrown as a CLI::ConfigError that says where it stands.
class Config {
public:
    /// \a commands: the names that a table or a variable may have.
    explicit Config(std::vector<std::string> commands);

    /// Takes the variables RUNNEL_<COMMAND>_<OPTION>. \a environment is as `environ`.
    void read_environment(const char* const* environment);
    /// Takes a file of TOML, one table for each command.
    void read_file(const std::string& path);
    /// The text that the file \a path has for \a key of \a command, whatever else is wrong with it;
    /// empty: none that could be read.
    [[nodiscard]] static std::string glance(const std::string& path, std::string_view command,
                                            std::string_view key);

    [[nodiscard]] bool empty() const noexcept { return commands_.empty(); }
    [[nodiscard]] bool mention(const std::string& command) const;

    /// Checks everything about \a command, each setting by itself, and gives the arguments that
    /// say the same. Left out is what is said elsewhere with more weight: in the file about an
    /// option that is in the environment, and in both about one that \a app, which knows the
    /// command's options, has parsed already. So a list is replaced and never made longer. An
    /// option also overrides those that it excludes.
    /// The options of \a app hold something else afterwards.
    [[nodiscard]] std::vector<std::string> arguments(const std::string& command,
                                                     CLI::App& app) const;

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
