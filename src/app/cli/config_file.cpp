#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "app/cli/config.hpp"
#include "base/read_file.hpp"

namespace runnel {

namespace {

std::string place_in(const std::string& path, const toml::source_position& at) {
    return fmt::format("{}:{}:{}", path, at.line, at.column);
}

/// Reads the settings of one table of TOML, each with its place for error messages.
class TableReader {
public:
    TableReader(const std::string& path, std::string name) : path_(path), name_(std::move(name)) {}

    [[nodiscard]] Result<std::vector<ConfigSetting>> read(const toml::table& table) const {
        std::vector<std::pair<toml::source_position, ConfigSetting>> found;
        for (const auto& [key, node] : table) {
            RUNNEL_TRY_ASSIGN(ConfigSetting read, setting(std::string(key.str()), node));
            found.emplace_back(node.source().begin, std::move(read));
        }
        // The table itself is in the order of its keys.
        std::stable_sort(found.begin(), found.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<ConfigSetting> settings;
        settings.reserve(found.size());
        for (auto& [position, setting] : found) {
            settings.push_back(std::move(setting));
        }
        return settings;
    }

private:
    [[nodiscard]] std::string place(const std::string& key, const toml::node& node) const {
        return fmt::format("{}: [{}] {}", place_in(path_, node.source().begin), name_, key);
    }

    [[nodiscard]] Result<ConfigSetting> setting(const std::string& key,
                                                const toml::node& node) const {
        ConfigSetting setting{place(key, node), key, ConfigSetting::Kind::Value, {}};
        if (const toml::array* list = node.as_array()) {
            setting.kind = ConfigSetting::Kind::List;
            for (const toml::node& element : *list) {
                RUNNEL_TRY_ASSIGN(ConfigSetting::Value read, value(key, element));
                setting.values.push_back(std::move(read));
            }
            return setting;
        }
        if (const toml::value<bool>* truth = node.as_boolean()) {
            setting.kind = ConfigSetting::Kind::Bool;
            setting.values.push_back({setting.place, truth->get() ? "true" : "false"});
            return setting;
        }
        RUNNEL_TRY_ASSIGN(ConfigSetting::Value read, value(key, node));
        setting.values.push_back(std::move(read));
        return setting;
    }

    [[nodiscard]] Result<ConfigSetting::Value> value(const std::string& key,
                                                     const toml::node& node) const {
        ConfigSetting::Value read{place(key, node), ""};
        if (const toml::value<std::string>* text = node.as_string()) {
            read.text = text->get();
        } else if (const toml::value<std::int64_t>* whole = node.as_integer()) {
            read.text = fmt::format("{}", whole->get());
        } else if (const toml::value<double>* number = node.as_floating_point()) {
            read.text = fmt::format("{}", number->get());
        } else if (const toml::table* table = node.as_table()) {
            std::ostringstream json;
            json << toml::json_formatter(*table);
            read.text = json.str();
            read.is_table = true;
        } else {
            return bad_input(read.place + ": expected a string or a number");
        }
        return read;
    }

    const std::string& path_;
    std::string name_;
};

Result<toml::table> parse(const std::string& path) {
    RUNNEL_TRY_ASSIGN(const std::string content, read_file(path));
    try {
        return toml::parse(content, path);
    } catch (const toml::parse_error& error) {
        return bad_input(
            fmt::format("{}: {}", place_in(path, error.source().begin), error.description()));
    }
}

}  // namespace

Result<void> Config::read_file(const std::string& path) {
    const Result<toml::table> file = parse(path);
    if (!file) {
        return bad_input(file.error().message());
    }
    for (const auto& [key, node] : *file) {
        const std::string place = place_in(path, node.source().begin);
        const std::string name(key.str());
        const toml::table* table = node.as_table();
        if (table == nullptr) {
            return bad_input(
                fmt::format("{}: {}: only the tables of commands may stand here, such as [{}]",
                            place, name, names_.front()));
        }
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
            return bad_input(fmt::format("{}: [{}]: there is no such command", place, name));
        }
        RUNNEL_TRY_ASSIGN(commands_[name].file, TableReader(path, name).read(*table));
    }
    return {};
}

}  // namespace runnel
