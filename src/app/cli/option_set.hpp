#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/file_use.hpp"
#include "base/parse.hpp"
#include "base/result.hpp"

namespace runnel {

/// One row of the table of options: the source of `--help`, the manual pages, docs/cli.md and the
/// completions.
struct OptionText {
    const char* names;         ///< `-j,-P,--jobs,--parallel-max`, or `URL` for arguments.
    const char* value;         ///< What stands for the value, such as `N|auto`; empty for a flag.
    const char* summary;       ///< One phrase for `--help`.
    const char* details = "";  ///< Markdown for the manual; empty if the summary says it all.
};

/// The options of one command: their texts, and what parsing does with them. Wraps CLI11, so that
/// one source file includes it.
class OptionSet {
public:
    enum class Kind { Flag, Value, Repeatable, Arguments };

    /// Takes the texts that an option was given, in order; `true` or `false` for a flag. Of a Value
    /// it gets the last one. An error is a usage error; the option is named by the caller.
    using Take = std::function<Result<void>(const std::vector<std::string>&)>;

    struct Row {
        OptionText text;
        std::string group;
        Kind kind = Kind::Flag;
        Take take;
        bool hidden = false;
        bool command_line_only = false;   ///< Neither in the environment nor in a file.
        bool takes_tables = false;        ///< A value may be a TOML table, passed as JSON.
        bool given = false;               ///< By the last parse().
        std::optional<FileUse> file_use;  ///< Null if no text of it names a file.
        std::vector<std::string> taken;   ///< The texts that it was given, if they name files.
        std::vector<const Row*> excluded;

        [[nodiscard]] std::vector<std::string> names() const;
        [[nodiscard]] std::string long_name() const;  ///< `--jobs`
    };

    /// What parse() met.
    enum class Outcome { Parsed, Help, Version };

    OptionSet();
    OptionSet(const OptionSet&) = delete;
    OptionSet& operator=(const OptionSet&) = delete;
    ~OptionSet();

    /// Sets the heading of the options that are added next.
    void group(std::string heading) { group_ = std::move(heading); }

    // Adding options. References must stay valid until the last parse().

    Row& add(const OptionText& text, Kind kind, Take take);

    /// A flag that sets \a target to \a value where it stands, so that the last of several counts.
    template <class Value>
    Row& flag(const OptionText& text, Value& target, std::type_identity_t<Value> value) {
        return add(text, Kind::Flag, [&target, value](const auto& words) -> Result<void> {
            if (words.front() == "true") {
                target = value;
            }
            return {};
        });
    }
    Row& flag(const OptionText& text, bool& target);
    Row& flag(const OptionText& text, std::function<void()> action);
    /// A flag that parse() reports instead of errors: help, versions.
    Row& outcome_flag(const OptionText& text, Outcome outcome);

    /// An option whose text \a convert turns into a value for \a take.
    template <class Convert, class Accept>
    Row& parsed(const OptionText& text, Convert convert, Accept accept) {
        return add(text, Kind::Value, [convert, accept](const auto& words) -> Result<void> {
            auto value = convert(words.back());
            if (!value) {
                return std::move(value).error();
            }
            accept(*std::move(value));
            return {};
        });
    }
    /// The same, kept in \a target, which may be an optional.
    template <class Value, class Convert>
    Row& value(const OptionText& text, Value& target, Convert convert) {
        return parsed(text, convert, [&target](auto value) { target = std::move(value); });
    }
    template <class Target>
    Row& duration(const OptionText& text, Target& target) {
        return value(text, target, &parse_duration);
    }
    template <class Target>
    Row& size(const OptionText& text, Target& target) {
        return value(text, target, &parse_size);
    }
    /// A whole number.
    Row& number(const OptionText& text, std::function<void(unsigned)> accept);
    /// A whole number above zero.
    Row& count(const OptionText& text, std::size_t& target);
    /// Any text, also an empty one.
    template <class Target>
    Row& text(const OptionText& text, Target& target) {
        return value(text, target,
                     [](const std::string& word) { return Result<std::string>(word); });
    }
    /// A text that is not empty, such as the name of a file.
    Row& name(const OptionText& text, std::string& target);

    /// One of the words in front of \a choices.
    template <class Value>
    Row& choice(const OptionText& text, Value& target,
                std::initializer_list<std::pair<const char*, Value>> choices) {
        const auto convert =
            [list = std::vector<std::pair<std::string, Value>>(choices.begin(), choices.end()),
             words = text.value](const std::string& given) -> Result<Value> {
            for (const auto& [word, meaning] : list) {
                if (word == given) {
                    return meaning;
                }
            }
            return none_of(given, words);
        };
        return value(text, target, convert);
    }

    /// Marks the text of \a row as the name of a file, for check_files(). Returns \a row.
    static Row& file(FileUse use, Row& row) {
        row.file_use = use;
        return row;
    }

    /// A repeatable option; each text is kept as it is.
    Row& texts(const OptionText& text, std::vector<std::string>& target);
    /// The same, where \a convert turns each text into one of \a target.
    template <class Value, class Convert>
    Row& values(const OptionText& text, std::vector<Value>& target, Convert convert) {
        return add(text, Kind::Repeatable, [&target, convert](const auto& words) -> Result<void> {
            target.clear();
            for (const std::string& word : words) {
                auto value = convert(word);
                if (!value) {
                    return std::move(value).error();
                }
                target.push_back(*std::move(value));
            }
            return {};
        });
    }
    /// All arguments that are not options.
    Row& arguments(const OptionText& text, std::vector<std::string>& target);

    /// At most one of the two may be given.
    void exclude(Row& a, Row& b);
    /// Makes \a row take its text as soon as it is parsed, so that a later error does not hide it.
    void take_early(const Row& row);
    /// Refuses arguments, which mean nothing to this command, with \a hint.
    void refuse_arguments(std::string hint);

    // Parsing.

    /// Parses \a arguments. Fails with ErrorClass::BadInput: a usage error.
    [[nodiscard]] Result<Outcome> parse(std::vector<std::string> arguments);
    /// Parses options up to the first argument that is not one, and returns the rest from there.
    /// The outcome counts only if the rest is empty.
    [[nodiscard]] Result<Outcome> parse_leading(std::vector<std::string> arguments,
                                                std::vector<std::string>& rest);

    [[nodiscard]] const std::vector<std::unique_ptr<Row>>& rows() const noexcept { return rows_; }
    /// The row with the long option \a key, where `_` stands for `-` and `.` as well; null if there
    /// is none.
    [[nodiscard]] const Row* find(std::string_view key) const;

private:
    class Parser;

    [[nodiscard]] static Error none_of(const std::string& given, const char* words);

    std::vector<std::unique_ptr<Row>> rows_;
    std::string group_;
    std::string argument_hint_;  ///< If not empty, arguments are refused with it.
    Outcome outcome_ = Outcome::Parsed;
    std::unique_ptr<Parser> parser_;
};

/// A whole number above zero.
[[nodiscard]] Result<std::size_t> parse_count(const std::string& text);
/// A whole number above zero, or \a word, which gives an empty optional.
[[nodiscard]] Result<std::optional<std::size_t>> parse_count_or(std::string_view word,
                                                                const std::string& text);

}  // namespace runnel
