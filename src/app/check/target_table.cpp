#include "app/check/target_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/check/check_options.hpp"
#include "http/url.hpp"
#include "json/document.hpp"

namespace runnel {

namespace {

using Texts = std::vector<std::string>;
using Kind = JsonValue::Kind;

Error bad(const JsonMember& member, std::string_view why) {
    return bad_input(fmt::format("{}: {}", member.name, why));
}

bool is_word(const JsonValue& value) {
    return value.kind == Kind::String || value.kind == Kind::Number;
}

/// Returns the values of \a member as arguments of its option.
Result<Texts> texts_of(const OptionSet::Row& row, const JsonMember& member) {
    const JsonValue& value = member.value;
    if (row.kind == OptionSet::Kind::Flag) {
        return value.kind == Kind::Boolean ? Result<Texts>(Texts{value.truth ? "true" : "false"})
                                           : bad(member, "takes no value, only true or false");
    }
    if (is_word(value)) {
        return Texts{value.text};
    }
    const bool takes_list = row.kind == OptionSet::Kind::Repeatable;
    if (!takes_list || value.kind != Kind::Array || !std::ranges::all_of(value.items, is_word)) {
        return bad(member, takes_list ? "takes a string or a list of strings" : "takes one value");
    }
    Texts texts;
    for (const JsonValue& item : value.items) {
        texts.push_back(item.text);
    }
    return texts;
}

Result<void> set_assertion(const OptionSet& set, const JsonMember& member) {
    const OptionSet::Row* row = set.find(member.name);
    if (row == nullptr) {
        return bad(member, "not an assertion");
    }
    RUNNEL_TRY_ASSIGN(const Texts texts, texts_of(*row, member));
    const Result<void> taken = row->take(texts);
    return taken ? Result<void>()
                 : bad_input(fmt::format("{}: {}", row->long_name(), taken.error().message()));
}

bool is_about_time(std::string_view name) { return name.ends_with("time"); }

Result<void> set_text(const JsonMember& member, std::string& text) {
    if (member.value.kind != Kind::String || member.value.text.empty()) {
        return bad(member, "takes a string that is not empty");
    }
    text = member.value.text;
    return {};
}

}  // namespace

Result<TargetTable> TargetTable::parse(std::string_view json, const Assertions& defaults) {
    const Result<JsonValue> document = parse_json_document(json);
    if (!document || document->kind != Kind::Object) {
        return bad_input(R"(expected a table such as url = "https://…")");
    }
    TargetTable table;
    table.assertions = defaults;
    OptionSet set;
    describe_assertions(set, table.assertions);
    for (const JsonMember& member : document->members) {
        if (member.name == "name" || member.name == "url") {
            RUNNEL_TRY(set_text(member, member.name == "name" ? table.name : table.url));
            continue;
        }
        RUNNEL_TRY(set_assertion(set, member));
        if (!is_about_time(member.name)) {
            table.own_response_rule = member.name;
        }
    }
    if (table.url.empty()) {
        return bad_input("url: is missing");
    }
    if (table.name.empty()) {
        table.name = http::without_userinfo(table.url);
    }
    return table;
}

}  // namespace runnel
