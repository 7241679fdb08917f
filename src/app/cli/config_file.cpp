#include <fmt/format.h>
#include <toml++/toml.h>
#include <CLI/Error.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

#include "app/cli/config.hpp"
#include "base/read_file.hpp"

namespace runnel {

namespace {

/// Gives what stands in a table of TOML its place in the file, for errors.
class TableReader {
public:
    TableReader(const std::string& path, std::string name) : path_(path), name_(std::move(name)) {}

    [[nodiscard]] std::vector<ConfigSetting> read(const toml::table& table) const {
        std::vector<std::pair<toml::source_position, ConfigSetting>> found;
        for (const auto& [key, node] : table) {
            found.emplace_back(node.source().begin, setting(std::string(key.str()), node));
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
        const toml::source_position begin = node.source().begin;
        return fmt::format("{}:{}:{}: [{}] {}", path_, begin.line, begin.column, name_, key);
    }

    [[nodiscard]] ConfigSetting setting(const std::string& key, const toml::node& node) const {
        ConfigSetting setting{place(key, node), key, ConfigSetting::Kind::Value, {}};
        if (const toml::array* list = node.as_array()) {
            setting.kind = ConfigSetting::Kind::List;
            for (const toml::node& element : *list) {
                setting.values.push_back(value(key, element));
            }
        } else if (const toml::value<bool>* truth = node.as_boolean()) {
            setting.kind = ConfigSetting::Kind::Bool;
            setting.values.push_back({setting.place, truth->get() ? "true" : "false"});
        } else {
            setting.values.push_back(value(key, node));
        }
        return setting;
    }

    [[nodiscard]] ConfigSetting::Value value(const std::string& key, const toml::node& node) const {
        if (const toml::value<std::string>* text = node.as_string()) {
            return {place(key, node), text->get()};
        }
        if (const toml::value<std::int64_t>* number = node.as_integer()) {
            return {place(key, node), fmt::format("{}", number->get())};
        }
        if (const toml::value<double>* number = node.as_floating_point()) {
            return {place(key, node), fmt::format("{}", number->get())};
        }
        if (const toml::table* table = node.as_table()) {
            std::ostringstream json;
            json << toml::json_formatter(*table);
            return {place(key, node), json.str(), true};
        }
        throw CLI::ConfigError(place(key, node) + ": expected a string or a number");
    }

    const std::string& path_;
    std::string name_;
};

toml::table parse(const std::string& path) {
    const Result<std::string> content = read_file(path);
    if (!content) {
        throw CLI::ConfigError(content.error().message());
    }
    try {
        return toml::parse(*content, path);
    } catch (const toml::parse_error& error) {
        const toml::source_position begin = error.source().begin;
        throw CLI::ConfigError(
            fmt::format("{}:{}:{}: {}", path, begin.line, begin.column, error.description()));
    }
}

}  // namespace

void Config::read_file(const std::string& path) {
    for (const auto& [key, node] : parse(path)) {
        const toml::source_position begin = node.source().begin;
        const std::string place = fmt::format("{}:{}:{}", path, begin.line, begin.column);
        const std::string name(key.str());
        const toml::table* table = node.as_table();
        if (table == nullptr) {
            throw CLI::ConfigError(
                fmt::format("{}: {}: only the tables of commands may stand here, such as [{}]",
                            place, name, names_.front()));
        }
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
            throw CLI::ConfigError(fmt::format("{}: [{}]: there is no such command", place, name));
        }
        commands_[name].file = TableReader(path, name).read(*table);
    }
}

std::string Config::glance(const std::string& path, std::string_view command,
                           std::string_view key) {
    try {
        const toml::table file = parse(path);
        return file[command][key].value_or(std::string());
    } catch (const CLI::ConfigError&) {
        return "";
    }
}

}  // namespace runnel
