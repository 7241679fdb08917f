#include "app/cli/option_set.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>

namespace runnel {

namespace {

using Texts = std::vector<std::string>;

template <class Number>
std::optional<Number> whole_number(const std::string& text) {
    Number value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

Error bad(const std::string& text, std::string_view why) {
    return bad_input(fmt::format("\"{}\" {}", text, why));
}

Result<unsigned> parse_number(const std::string& text) {
    const auto value = whole_number<unsigned>(text);
    return value ? Result<unsigned>(*value) : bad(text, "is not a whole number");
}

Result<std::string> as_given(const std::string& text) { return text; }

Result<std::string> parse_name(const std::string& text) {
    return text.empty() ? Result<std::string>(bad_input("is empty")) : Result<std::string>(text);
}

std::string plain(std::string_view name) {
    std::string key(name);
    std::replace_if(
        key.begin(), key.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return key;
}

}  // namespace

Result<std::size_t> parse_count(const std::string& text) {
    const auto value = whole_number<std::size_t>(text);
    return value && *value > 0 ? Result<std::size_t>(*value)
                               : bad(text, "is not a whole number above zero");
}

Result<std::optional<std::size_t>> parse_count_or(std::string_view word, const std::string& text) {
    if (text == word) {
        return std::optional<std::size_t>();
    }
    const auto value = whole_number<std::size_t>(text);
    if (!value || *value == 0) {
        return bad(text, fmt::format("is neither a whole number above zero nor {}", word));
    }
    return value;
}

std::vector<std::string> OptionSet::Row::names() const {
    Texts all;
    std::string_view rest = text.names;
    while (!rest.empty()) {
        const std::string_view name = rest.substr(0, rest.find(','));
        all.emplace_back(name);
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    }
    return all;
}

std::string OptionSet::Row::long_name() const {
    const Texts all = names();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [](const std::string& name) { return name.starts_with("--"); });
    return found == all.end() ? all.front() : *found;
}

/// The options as CLI11 knows them.
class OptionSet::Parser {
public:
    Parser() { app_.set_help_flag(); }

    CLI::Option* add(Row& row) {
        CLI::Option* option = nullptr;
        if (row.kind == Kind::Flag) {
            option = app_.add_flag_function(row.text.names,
                                            [&row](std::int64_t) { take(row, {"true"}); });
            // Where it stands, so that of flags that replace each other the last one counts.
            option->trigger_on_parse()->disable_flag_override();
        } else {
            // CLI11 would read some texts as lists, or as nothing, if it knew that this is a
            // vector.
            const CLI::callback_t take_all = [&row](CLI::results_t texts) {
                for (std::string& text : texts) {
                    text.erase(0, 1);  // the mark
                }
                take(row, texts);
                return true;
            };
            option = app_.add_option(row.text.names, take_all)->type_name("TEXT")->type_size(1);
            limit(*option, row.kind);
            // Since 2.4 CLI11 reads `{}` as an empty list. With a mark in front of it, no text has
            // a meaning to CLI11.
            option->transform([](const std::string& text) { return "=" + text; });
        }
        options_.emplace_back(&row, option);
        return option;
    }

    void exclude(const Row& a, const Row& b) { option_of(a)->excludes(option_of(b)); }
    void take_early(const Row& row) { option_of(row)->trigger_on_parse(); }
    void allow_arguments() { app_.allow_extras(); }
    void stop_at_argument() { app_.prefix_command(); }

    void parse(Texts arguments) {
        split_empty_values(arguments);
        std::reverse(arguments.begin(), arguments.end());
        app_.parse(std::move(arguments));
    }
    [[nodiscard]] Texts remaining() const { return app_.remaining(); }

private:
    static void limit(CLI::Option& option, Kind kind) {
        constexpr int kAny = CLI::detail::expected_max_vector_size;
        switch (kind) {
            case Kind::Repeatable: option.expected(kAny)->allow_extra_args(false); break;
            // With this number of expected values, CLI11 takes each argument as a value.
            case Kind::Arguments: option.expected(kAny, kAny)->take_all(); break;
            default: option.take_last(); break;
        }
    }

    static void take(Row& row, const Texts& texts) {
        row.given = true;
        if (row.file_use) {
            row.taken = row.kind == Kind::Repeatable ? texts : Texts{texts.back()};
        }
        const Result<void> taken = row.take(texts);
        if (!taken) {
            throw CLI::ValidationError(row.long_name(), taken.error().message());
        }
    }

    [[nodiscard]] CLI::Option* option_of(const Row& row) const {
        const auto found = std::find_if(options_.begin(), options_.end(),
                                        [&row](const auto& entry) { return entry.first == &row; });
        return found->second;
    }

    /// `--name=` becomes two words: CLI11 would take the next argument for the value.
    void split_empty_values(Texts& arguments) const {
        for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
            const std::string name = arguments[i].substr(0, arguments[i].find('='));
            const CLI::Option* option =
                name.starts_with("--") ? app_.get_option_no_throw(name) : nullptr;
            if (option == nullptr || name.size() + 1 != arguments[i].size() ||
                option->get_items_expected_max() == 0) {
                continue;
            }
            arguments[i] = name;
            arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(++i), "");
        }
    }

    CLI::App app_;
    std::vector<std::pair<const Row*, CLI::Option*>> options_;
};

OptionSet::OptionSet() : parser_(std::make_unique<Parser>()) {}
OptionSet::~OptionSet() = default;

OptionSet::Row& OptionSet::add(const OptionText& text, Kind kind, Take take) {
    Row& row = *rows_.emplace_back(std::make_unique<Row>());
    row.text = text;
    row.group = group_;
    row.kind = kind;
    row.take = std::move(take);
    parser_->add(row);
    return row;
}

OptionSet::Row& OptionSet::flag(const OptionText& text, bool& target) {
    return add(text, Kind::Flag, [&target](const Texts& words) -> Result<void> {
        target = words.front() == "true";
        return {};
    });
}

OptionSet::Row& OptionSet::flag(const OptionText& text, std::function<void()> action) {
    return add(text, Kind::Flag, [action = std::move(action)](const Texts& words) -> Result<void> {
        if (words.front() == "true") {
            action();
        }
        return {};
    });
}

OptionSet::Row& OptionSet::outcome_flag(const OptionText& text, Outcome outcome) {
    Row& row = flag(text, [this, outcome] { outcome_ = outcome; });
    row.command_line_only = true;
    return row;
}

OptionSet::Row& OptionSet::number(const OptionText& text, std::function<void(unsigned)> accept) {
    return parsed(text, &parse_number, std::move(accept));
}

OptionSet::Row& OptionSet::count(const OptionText& text, std::size_t& target) {
    return value(text, target, &parse_count);
}

OptionSet::Row& OptionSet::name(const OptionText& text, std::string& target) {
    return value(text, target, &parse_name);
}

OptionSet::Row& OptionSet::texts(const OptionText& text, Texts& target) {
    return values(text, target, &as_given);
}

OptionSet::Row& OptionSet::arguments(const OptionText& text, Texts& target) {
    return add(text, Kind::Arguments, [&target](const Texts& words) -> Result<void> {
        target = words;
        return {};
    });
}

void OptionSet::exclude(Row& a, Row& b) {
    a.excluded.push_back(&b);
    b.excluded.push_back(&a);
    parser_->exclude(a, b);
}

void OptionSet::take_early(const Row& row) { parser_->take_early(row); }

void OptionSet::refuse_arguments(std::string hint) {
    argument_hint_ = std::move(hint);
    parser_->allow_arguments();
}

Error OptionSet::none_of(const std::string& given, const char* words) {
    return bad(given, fmt::format("is not one of {}", words));
}

Result<OptionSet::Outcome> OptionSet::parse(Texts arguments) {
    for (const auto& row : rows_) {
        row->given = false;
        row->taken.clear();
    }
    try {
        parser_->parse(std::move(arguments));
        const Texts extra = parser_->remaining();
        if (outcome_ == Outcome::Parsed && !argument_hint_.empty() && !extra.empty()) {
            if (extra.front().starts_with('-')) {
                throw CLI::ExtrasError(extra);
            }
            throw CLI::ValidationError(extra.front(), argument_hint_);
        }
    } catch (const CLI::ParseError& error) {
        if (outcome_ == Outcome::Parsed) {
            return bad_input(error.what());
        }
    }
    return outcome_;
}

Result<OptionSet::Outcome> OptionSet::parse_leading(Texts arguments, Texts& rest) {
    parser_->stop_at_argument();
    Result<Outcome> outcome = parse(std::move(arguments));
    rest = parser_->remaining();
    return outcome;
}

const OptionSet::Row* OptionSet::find(std::string_view key) const {
    const std::string wanted = "__" + plain(key);
    for (const auto& row : rows_) {
        for (const std::string& name : row->names()) {
            if (name.starts_with("--") && plain(name) == wanted) {
                return row.get();
            }
        }
    }
    return nullptr;
}

}  // namespace runnel
