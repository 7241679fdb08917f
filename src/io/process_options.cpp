#include "io/process_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace runnel {

namespace {

/// Returns \a text without its first NUL byte and what follows it, for messages.
std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

void remove_variable(std::vector<std::string>& all, std::string_view name) {
    std::erase_if(all, [name](std::string_view variable) {
        return variable.size() > name.size() && variable.substr(0, name.size()) == name &&
               variable[name.size()] == '=';
    });
}

std::vector<std::string> own_variables() {
    std::vector<std::string> all;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        all.emplace_back(*variable);
    }
    return all;
}

}  // namespace

Result<void> ProcessOptions::check() const {
    if (argv.empty() || argv.front().empty()) {
        return bad_input("no command is given");
    }
    if (std::any_of(argv.begin(), argv.end(), has_nul)) {
        return bad_input(std::string(up_to_nul(argv.front())) +
                         ": an argument contains a NUL byte");
    }
    if (has_nul(working_directory)) {
        return bad_input(argv.front() + ": the working directory contains a NUL byte");
    }
    for (const auto& [name, value] : environment) {
        if (name.empty() || name.find('=') != std::string::npos || has_nul(name)) {
            const std::string shown(up_to_nul(name));
            return bad_input(argv.front() + ": '" + shown + "' is not a valid variable name");
        }
        if (has_nul(value)) {
            return bad_input(argv.front() + ": the variable " + name + " contains a NUL byte");
        }
    }
    return {};
}

std::optional<std::vector<std::string>> ProcessOptions::variables() const {
    if (inherit_environment && environment.empty()) {
        return std::nullopt;
    }
    std::vector<std::string> all;
    if (inherit_environment) {
        all = own_variables();
    }
    for (const auto& [name, value] : environment) {
        remove_variable(all, name);
        std::string& variable = all.emplace_back(name);
        variable += '=';
        variable += value;
    }
    return all;
}

}  // namespace runnel
