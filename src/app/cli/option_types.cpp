#include "app/cli/option_types.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "base/parse.hpp"

namespace runnel {

namespace {

template <class Number>
std::optional<Number> whole_number(const std::string& text) {
    Number value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

Result<unsigned> parse_number(const std::string& text) {
    const auto value = whole_number<unsigned>(text);
    if (!value) {
        return Error(ErrorClass::BadInput, fmt::format("\"{}\" is not a whole number", text));
    }
    return *value;
}

Result<std::size_t> parse_count(const std::string& text) {
    const auto value = whole_number<std::size_t>(text);
    if (!value || *value == 0) {
        return Error(ErrorClass::BadInput,
                     fmt::format("\"{}\" is not a whole number above zero", text));
    }
    return *value;
}

}  // namespace

std::string long_name(const std::string& names) {
    const std::size_t begin = names.find("--");
    return names.substr(begin, names.find(',', begin) - begin);
}

CLI::Option* add_duration(CLI::App& command, const std::string& names, Duration& value,
                          const std::string& description) {
    return add_value(command, names, value, &parse_duration, description)->type_name("D");
}

CLI::Option* add_size(CLI::App& command, const std::string& names, std::uint64_t& value,
                      const std::string& description) {
    return add_value(command, names, value, &parse_size, description)->type_name("SIZE");
}

CLI::Option* add_name(CLI::App& command, const std::string& names, std::string& value,
                      const std::string& description) {
    const auto parse = [](const std::string& text) -> Result<std::string> {
        if (text.empty()) {
            return Error(ErrorClass::BadInput, "is empty");
        }
        return text;
    };
    return add_value(command, names, value, parse, description);
}

CLI::Option* add_number(CLI::App& command, const std::string& names,
                        const std::function<void(unsigned)>& take, const std::string& description) {
    return add_parsed(command, names, &parse_number, take, description)->type_name("N");
}

CLI::Option* add_count(CLI::App& command, const std::string& names, std::size_t& value,
                       const std::string& description) {
    return add_value(command, names, value, &parse_count, description)->type_name("N");
}

Result<std::optional<std::size_t>> parse_count_or(std::string_view word, const std::string& text) {
    if (text == word) {
        return std::optional<std::size_t>();
    }
    const auto value = whole_number<std::size_t>(text);
    if (!value || *value == 0) {
        return Error(ErrorClass::BadInput,
                     fmt::format("\"{}\" is neither a whole number above zero nor {}", text, word));
    }
    return value;
}

CLI::Option* add_words(CLI::App& command, const std::string& names,
                       std::function<void(const std::vector<std::string>&)> take,
                       const std::string& description) {
    // CLI11 would read some texts as lists or as nothing if it knew that this is a vector.
    const CLI::callback_t take_all = [take = std::move(take)](const CLI::results_t& words) {
        take(words);
        return true;
    };
    return command.add_option(names, take_all, description)
        ->type_name("TEXT")
        ->type_size(1)
        ->expected(CLI::detail::expected_max_vector_size)
        ->allow_extra_args(false);
}

CLI::Option* add_words(CLI::App& command, const std::string& names, std::vector<std::string>& words,
                       const std::string& description) {
    const auto take = [&words](const std::vector<std::string>& all) { words = all; };
    return add_words(command, names, take, description);
}

void refuse_flag_values(CLI::App& command) {
    for (CLI::Option* option : command.get_options()) {
        option->disable_flag_override(option->get_items_expected_max() == 0);
    }
}

}  // namespace runnel
