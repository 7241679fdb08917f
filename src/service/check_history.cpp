#include "service/check_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "json/document.hpp"
#include "json/escape.hpp"
#include "json/typed_member.hpp"

namespace runnel {

namespace {

constexpr std::string_view kType = "check_state";
constexpr std::string_view kVersion = "1";

const JsonMember* find_member(const JsonValue& object, std::string_view name) {
    const auto found = std::ranges::find(object.members, name, &JsonMember::name);
    return found == object.members.end() ? nullptr : &*found;
}

bool has(const JsonValue& object, std::string_view name, JsonValue::Kind kind,
         std::string_view text) {
    const JsonMember* member = find_member(object, name);
    return member != nullptr && member->value.kind == kind && member->value.text == text;
}

Result<CheckState> state_of(const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string text, string_of(member, "\"up\""));
    for (const CheckState state : {CheckState::Up, CheckState::Warn, CheckState::Down}) {
        if (text == to_string(state)) {
            return state;
        }
    }
    return wrong(member, "must be up, warn or down");
}

Result<const JsonMember*> required(const JsonMember& object, std::string_view name) {
    const JsonMember* member = find_member(object.value, name);
    return member != nullptr ? Result<const JsonMember*>(member)
                             : located(object.value.where, fmt::format("\"{}\" is missing", name));
}

Result<const JsonMember*> targets_in(const JsonValue& document) {
    const JsonMember* targets = find_member(document, "targets");
    if (!has(document, "type", JsonValue::Kind::String, kType) || targets == nullptr) {
        return located(document.where, "not a state file of runnel check");
    }
    if (!has(document, "version", JsonValue::Kind::Number, kVersion)) {
        return located(document.where, "written by another version of runnel");
    }
    RUNNEL_TRY(
        require_kind(*targets, JsonValue::Kind::Object, R"({"name":{"state":"up","streak":0}})"));
    return targets;
}

}  // namespace

Result<CheckHistory> CheckHistory::parse(std::string_view text) {
    CheckHistory history;
    RUNNEL_TRY_ASSIGN(const JsonValue document, parse_json_document(text));
    RUNNEL_TRY_ASSIGN(const JsonMember* targets, targets_in(document));
    for (const JsonMember& target : targets->value.members) {
        RUNNEL_TRY_ASSIGN(const JsonMember* state, required(target, "state"));
        RUNNEL_TRY_ASSIGN(const JsonMember* streak, required(target, "streak"));
        Entry& entry = history.entries_[target.name];
        RUNNEL_TRY_ASSIGN(entry.state, state_of(*state));
        RUNNEL_TRY_ASSIGN(entry.streak, number_of(*streak, "0"));
    }
    return history;
}

std::string CheckHistory::to_text() const {
    std::string text = fmt::format(R"({{"type":"{}","version":{},"targets":{{)", kType, kVersion);
    std::string_view separator = "\n";
    for (const auto& [name, entry] : entries_) {
        text += separator;
        separator = ",\n";
        append_json_string(text, name);
        fmt::format_to(std::back_inserter(text), R"(:{{"state":"{}","streak":{}}})",
                       to_string(entry.state), entry.streak);
    }
    text += "}}\n";
    return text;
}

void CheckHistory::update(CheckResult& result, const FlapRules& rules) {
    const auto [place, is_new] = entries_.try_emplace(result.target->name);
    Entry& entry = place->second;
    const CheckState before = entry.state;
    const bool was_up = before != CheckState::Down;
    const std::size_t needed = was_up ? rules.fall : rules.rise;
    const bool differs = result.is_up() != was_up;
    entry.streak = differs ? entry.streak + 1 : 0;
    if (differs && entry.streak < needed && !is_new) {
        result.damped =
            fmt::format("{} {} of {} times", result.is_up() ? "up" : "down", entry.streak, needed);
        result.state = before;
    } else {
        entry.streak = 0;
    }
    entry.state = result.state;
    result.changed = result.state != before;
}

}  // namespace runnel
