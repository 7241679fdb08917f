#include "service/check_history.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "json/document.hpp"
#include "json/escape.hpp"
#include "json/typed_member.hpp"

namespace runnel {

namespace {

constexpr std::string_view kType = "check_state";
constexpr std::string_view kVersion = "1";

const JsonMember* find(const JsonValue& object, std::string_view name) {
    for (const JsonMember& member : object.members) {
        if (member.name == name) {
            return &member;
        }
    }
    return nullptr;
}

bool is_text(const JsonMember* member, std::string_view text) {
    return member != nullptr && member->value.kind == JsonValue::Kind::String &&
           member->value.text == text;
}

bool is_version(const JsonMember* member) {
    return member != nullptr && member->value.kind == JsonValue::Kind::Number &&
           member->value.text == kVersion;
}

Result<CheckState> state_of(const JsonMember& member) {
    const Result<std::string> text = string_of(member, "\"up\"");
    if (!text) {
        return text.error();
    }
    for (const CheckState state : {CheckState::Up, CheckState::Warn, CheckState::Down}) {
        if (*text == to_string(state)) {
            return state;
        }
    }
    return wrong(member, "is none of up, warn and down");
}

Result<const JsonMember*> required(const JsonMember& object, std::string_view name) {
    const JsonMember* member = find(object.value, name);
    return member != nullptr ? Result<const JsonMember*>(member)
                             : located(object.value.where, fmt::format("\"{}\" is missing", name));
}

/// The targets in what has to be a file of ours.
Result<const JsonMember*> targets_in(const JsonValue& document) {
    const JsonMember* targets = find(document, "targets");
    if (!is_text(find(document, "type"), kType) || targets == nullptr) {
        return located(document.where, "it is no state of runnel check");
    }
    if (!is_version(find(document, "version"))) {
        return located(document.where, "it was written by another version of runnel");
    }
    const Result<void> object =
        require_kind(*targets, JsonValue::Kind::Object, R"({"name":{"state":"up","streak":0}})");
    return object ? Result<const JsonMember*>(targets) : object.error();
}

}  // namespace

Result<CheckHistory> CheckHistory::parse(std::string_view text) {
    CheckHistory history;
    const Result<JsonValue> document = parse_json_document(text);
    if (!document) {
        return document.error();
    }
    const Result<const JsonMember*> targets = targets_in(*document);
    if (!targets) {
        return targets.error();
    }
    for (const JsonMember& target : (*targets)->value.members) {
        const Result<const JsonMember*> state = required(target, "state");
        const Result<const JsonMember*> streak = state ? required(target, "streak") : state.error();
        if (!streak) {
            return streak.error();
        }
        Entry& entry = history.entries_[target.name];
        Result<void> stored = store(state_of(**state), entry.state);
        if (stored) {
            stored = store(number_of(**streak, "0"), entry.streak);
        }
        if (!stored) {
            return std::move(stored).error();
        }
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

void CheckHistory::settle(CheckResult& result, const FlapRules& rules) {
    const auto [place, is_new] = entries_.try_emplace(result.target->name);
    Entry& entry = place->second;
    const CheckState before = entry.state;
    const bool was_up = before != CheckState::Down;
    const std::size_t needed = was_up ? rules.fall : rules.rise;
    const bool otherwise = result.is_up() != was_up;
    entry.streak = otherwise ? entry.streak + 1 : 0;
    if (otherwise && entry.streak < needed && !is_new) {
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
