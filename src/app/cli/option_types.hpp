#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace runnel {

/// The name that messages tell: the long one of \a names.
[[nodiscard]] std::string long_name(const std::string& names);

/// What \a parse makes of a text, for an option whose absence means something.
template <class Value>
auto optional_value(Result<Value> (*parse)(std::string_view)) {
    return [parse](const std::string& text) -> Result<std::optional<Value>> {
        Result<Value> value = parse(text);
        if (!value) {
            return std::move(value).error();
        }
        return std::optional<Value>(*std::move(value));
    };
}

/// Adds an option whose text \a parse turns into a value for \a take; the last of several wins. A
/// text that does not parse is a usage error that names the option.
template <class Parse, class Take>
CLI::Option* add_parsed(CLI::App& command, const std::string& names, Parse parse, Take take,
                        const std::string& description) {
    const auto parse_and_take = [parse, take, name = long_name(names)](const std::string& text) {
        auto parsed = parse(text);
        if (!parsed) {
            throw CLI::ValidationError(name, parsed.error().message());
        }
        take(*std::move(parsed));
    };
    return command.add_option_function<std::string>(names, parse_and_take, description)
        ->take_last();
}

/// The same, kept in \a value.
template <class Value, class Parse>
CLI::Option* add_value(CLI::App& command, const std::string& names, Value& value, Parse parse,
                       const std::string& description) {
    const auto keep = [&value](Value parsed) { value = std::move(parsed); };
    return add_parsed(command, names, parse, keep, description);
}

/// `--name D`, a duration.
CLI::Option* add_duration(CLI::App& command, const std::string& names, Duration& value,
                          const std::string& description);
/// `--name SIZE`, bytes.
CLI::Option* add_size(CLI::App& command, const std::string& names, std::uint64_t& value,
                      const std::string& description);
/// `--name TEXT`, one word that is not empty: a file, for example.
CLI::Option* add_name(CLI::App& command, const std::string& names, std::string& value,
                      const std::string& description);
/// One of the words in front of \a choices.
template <class Value>
CLI::Option* add_choice(CLI::App& command, const std::string& names, Value& value,
                        std::vector<std::pair<std::string, Value>> choices,
                        const std::string& description) {
    std::string words;
    for (const auto& [word, meaning] : choices) {
        words += (words.empty() ? "" : "|") + word;
    }
    const auto parse = [choices = std::move(choices),
                        words](const std::string& text) -> Result<Value> {
        for (const auto& [word, meaning] : choices) {
            if (word == text) {
                return meaning;
            }
        }
        return Error(ErrorClass::BadInput, "\"" + text + "\" is none of " + words);
    };
    return add_value(command, names, value, parse, description)->type_name(words);
}

/// `--name N`, a whole number, given to \a take.
CLI::Option* add_number(CLI::App& command, const std::string& names,
                        const std::function<void(unsigned)>& take, const std::string& description);
/// `--name N`, a whole number above zero.
CLI::Option* add_count(CLI::App& command, const std::string& names, std::size_t& value,
                       const std::string& description);
/// A whole number above zero, or \a word, which gives none.
[[nodiscard]] Result<std::optional<std::size_t>> parse_count_or(std::string_view word,
                                                                const std::string& text);
/// `--name TEXT`, repeatable, each with one text that is taken as it stands. \a take gets all of
/// them, again whenever there are more.
CLI::Option* add_words(CLI::App& command, const std::string& names,
                       std::function<void(const std::vector<std::string>&)> take,
                       const std::string& description);
CLI::Option* add_words(CLI::App& command, const std::string& names, std::vector<std::string>& words,
                       const std::string& description);

/// The same, where \a parse turns each text into one of \a values.
template <class Value, class Parse>
CLI::Option* add_values(CLI::App& command, const std::string& names, std::vector<Value>& values,
                        Parse parse, const std::string& description) {
    const auto take = [&values, parse, name = long_name(names)](const auto& texts) {
        values.clear();
        for (const std::string& text : texts) {
            auto parsed = parse(text);
            if (!parsed) {
                throw CLI::ValidationError(name, parsed.error().message());
            }
            values.push_back(*std::move(parsed));
        }
    };
    return add_words(command, names, take, description);
}

/// Makes `--flag=x` a usage error. CLI11 would throw what is no error of parsing, and end the
/// program. Comes after all options were added.
void refuse_flag_values(CLI::App& command);

}  // namespace runnel
