#include "app/cli/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "json/object_writer.hpp"

namespace runnel {

namespace {

using Row = OptionSet::Row;

constexpr const char* kPurpose = "Fetch many URLs at once and pass on what comes back.";
/// Columns of a line of help, and of the names in front of the summaries.
constexpr std::size_t kWidth = 80;
constexpr std::size_t kNames = 30;

/// Columns of UTF-8 \a text without wide characters.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Appends the words of \a text to \a out, whose last line has \a at columns, in lines that begin
/// at column \a indent.
void append_wrapped(std::string& out, std::string_view text, std::size_t at, std::size_t indent) {
    bool first = true;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (!first && at + 1 + columns(word) > kWidth) {
            out += '\n' + std::string(indent, ' ');
            at = indent;
        } else if (!first) {
            out += ' ';
            ++at;
        }
        out += word;
        at += columns(word);
        first = false;
    }
    out += '\n';
}

/// Two columns: \a left, and \a right wrapped beside or below it.
void append_entry(std::string& out, const std::string& left, std::string_view right) {
    out += "  " + left;
    const std::size_t end = 2 + columns(left);
    if (end + 2 > kNames) {
        out += '\n' + std::string(kNames, ' ');
    } else {
        out += std::string(kNames - end, ' ');
    }
    append_wrapped(out, right, kNames, kNames);
}

/// `-i, --input FILE ...`
std::string left_side(const Row& row) {
    std::string left = fmt::format("{}", fmt::join(row.names(), ", "));
    const std::string value = row.text.value;
    left += row.kind != OptionSet::Kind::Arguments && !value.empty() ? " " + value : "";
    const bool repeatable =
        row.kind == OptionSet::Kind::Repeatable || row.kind == OptionSet::Kind::Arguments;
    return left + (repeatable ? " ..." : "");
}

/// The groups in the order in which they first appear.
std::vector<std::string> groups_of(const OptionSet& options) {
    std::vector<std::string> groups;
    for (const auto& row : options.rows()) {
        if (!row->hidden && std::find(groups.begin(), groups.end(), row->group) == groups.end()) {
            groups.push_back(row->group);
        }
    }
    return groups;
}

void append_options(std::string& out, const OptionSet& options) {
    for (const std::string& group : groups_of(options)) {
        out += fmt::format("\n{}:\n", group);
        for (const auto& row : options.rows()) {
            if (row->group == group && !row->hidden) {
                append_entry(out, left_side(*row), row->text.summary);
            }
        }
    }
}

void append_examples(std::string& out, const CommandEntry& entry) {
    out += "\nExamples:\n";
    for (const CommandExample& example : entry.examples) {
        out += fmt::format("  {}\n      {}\n", example.line, example.meaning);
    }
}

}  // namespace

std::string overview(std::span<const CommandEntry> commands, const OptionSet& globals) {
    std::string out = fmt::format("{}\n\nUsage: runnel [OPTIONS] COMMAND [ARGS...]\n", kPurpose);
    append_examples(out, commands.front());
    out += "\nCommands:\n";
    for (const CommandEntry& entry : commands) {
        append_entry(out, entry.name, entry.purpose);
    }
    append_entry(out, "help", "Print the help of a command");
    append_options(out, globals);
    out += "\nrunnel COMMAND --help lists the options of a command.\n";
    return out;
}

std::string command_help(const CommandEntry& entry, const OptionSet& options) {
    std::string out = fmt::format("{}.\n\nUsage: ", entry.purpose);
    append_wrapped(out, fmt::format("runnel {} [OPTIONS] {}", entry.name, entry.synopsis), 7, 9);
    append_examples(out, entry);
    append_options(out, options);
    if (*entry.notes != '\0') {
        out += '\n';
        append_wrapped(out, entry.notes, 0, 0);
    }
    return out;
}

std::string command_table(const CommandEntry& entry, const OptionSet& options) {
    std::string out;
    JsonObjectWriter table(out);
    table.member("name", entry.name);
    table.member("purpose", entry.purpose);
    table.member("synopsis", entry.synopsis);
    table.member("notes", entry.notes);
    table.begin_array("examples");
    for (const CommandExample& example : entry.examples) {
        table.begin_object();
        table.member("line", example.line);
        table.member("meaning", example.meaning);
        table.end_object();
    }
    table.end_array();
    table.begin_array("options");
    for (const auto& row : options.rows()) {
        if (row->hidden) {
            continue;
        }
        table.begin_object();
        table.member("group", row->group);
        table.member("names", row->text.names);
        table.member("value", row->text.value);
        table.member("summary", row->text.summary);
        table.member("details", row->text.details);
        table.member("argument", row->text.names[0] != '-');
        table.member("repeatable", row->kind == OptionSet::Kind::Repeatable);
        table.end_object();
    }
    table.end_array();
    table.end_line();
    return out;
}

}  // namespace runnel
