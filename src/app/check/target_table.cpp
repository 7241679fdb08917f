#include "app/check/target_table.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/check/check_options.hpp"
#include "app/cli/option_types.hpp"
#include "http/url.hpp"
#include "json/document.hpp"

namespace runnel {

namespace {

using Arguments = std::vector<std::string>;
using Kind = JsonValue::Kind;

Error bad(const JsonMember& member, std::string_view why) {
    return Error(ErrorClass::BadInput, fmt::format("{}: {}", member.name, why));
}

bool is_word(const JsonValue& value) {
    return value.kind == Kind::String || value.kind == Kind::Number;
}

Result<Arguments> flag_arguments(const std::string& option, const JsonMember& member) {
    if (member.value.kind != Kind::Boolean) {
        return bad(member, "takes no value, only true or false");
    }
    return Arguments{option + (member.value.truth ? "=true" : "=false")};
}

/// CLI11 would read `--name=` as if the value followed.
void add_argument(const std::string& option, const std::string& text, Arguments& arguments) {
    if (text.empty()) {
        arguments.insert(arguments.end(), {option, ""});
    } else {
        arguments.push_back(option + "=" + text);
    }
}

Result<Arguments> value_arguments(const std::string& option, bool is_list,
                                  const JsonMember& member) {
    const JsonValue& value = member.value;
    Arguments arguments;
    if (is_word(value)) {
        add_argument(option, value.text, arguments);
        return arguments;
    }
    if (!is_list || value.kind != Kind::Array || !std::ranges::all_of(value.items, is_word)) {
        return bad(member, is_list ? "takes a string, or a list of strings" : "takes one value");
    }
    for (const JsonValue& item : value.items) {
        add_argument(option, item.text, arguments);
    }
    return arguments;
}

Result<Arguments> arguments_of(const CLI::App& app, const JsonMember& member) {
    std::string name = "--" + member.name;
    std::ranges::replace(name, '_', '-');
    const CLI::Option* option = app.get_option_no_throw(name);
    if (option == nullptr || member.name.starts_with('-')) {
        return bad(member, "there is no such assertion");
    }
    const bool is_flag = option->get_items_expected_max() == 0;
    return is_flag ? flag_arguments(name, member)
                   : value_arguments(name, option->get_items_expected_max() > 1, member);
}

bool is_about_time(std::string_view name) { return name.ends_with("time"); }

Result<void> take_text(const JsonMember& member, std::string& text) {
    if (member.value.kind != Kind::String || member.value.text.empty()) {
        return bad(member, "takes a string that is not empty");
    }
    text = member.value.text;
    return {};
}

}  // namespace

Result<TargetTable> TargetTable::parse(std::string_view json, const Assertions& all) {
    const Result<JsonValue> document = parse_json_document(json);
    if (!document || document->kind != Kind::Object) {
        return Error(ErrorClass::BadInput, R"(expected a table such as url = "https://…")");
    }
    TargetTable table;
    table.assertions = all;
    CLI::App app;
    app.set_help_flag();
    describe_assertions(app, table.assertions);
    Arguments arguments;
    for (const JsonMember& member : document->members) {
        if (member.name == "name" || member.name == "url") {
            Result<void> taken = take_text(member, member.name == "name" ? table.name : table.url);
            if (!taken) {
                return std::move(taken).error();
            }
            continue;
        }
        Result<Arguments> more = arguments_of(app, member);
        if (!more) {
            return std::move(more).error();
        }
        arguments.insert(arguments.begin(), more->rbegin(), more->rend());
        if (!is_about_time(member.name)) {
            table.own_response_rule = member.name;
        }
    }
    if (table.url.empty()) {
        return Error(ErrorClass::BadInput, "url: is missing");
    }
    if (table.name.empty()) {
        table.name = http::without_userinfo(table.url);
    }
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return Error(ErrorClass::BadInput, error.what());
    }
    return table;
}

}  // namespace runnel
