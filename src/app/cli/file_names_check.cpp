#include "app/cli/file_names_check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "io/named_file.hpp"

namespace runnel {

namespace {

using Row = OptionSet::Row;

bool reads(FileUse use) {
    return use == FileUse::Read || use == FileUse::ReadAfterAt || use == FileUse::Cookies ||
           use == FileUse::Inputs;
}

/// A file that an option names.
struct Use {
    std::string option;
    FileUse use;
    std::string name;  ///< The name as given.
    NamedFile file;

    [[nodiscard]] bool writes() const { return !reads(use); }
};

/// Returns the name of the file in \a text; empty if there is none.
std::string name_in(const std::string& text, FileUse use) {
    switch (use) {
        case FileUse::ReadAfterAt: return text.starts_with('@') ? text.substr(1) : std::string();
        case FileUse::Cookies: return text.find('=') == std::string::npos ? text : std::string();
        case FileUse::WriteOne:
            return text.find_first_of("{}") == std::string::npos ? text : std::string();
        default: return text;
    }
}

Result<void> check_dash(const Row& row, const std::string& name) {
    const bool refused = row.file_use == FileUse::Hold || row.file_use == FileUse::Log;
    if (refused && name == "-") {
        return bad_input(fmt::format("{}: - is stdin or stdout; name a file", row.long_name()));
    }
    if (row.file_use == FileUse::Hold && descriptor_named(name) >= 0) {
        return bad_input(
            fmt::format("{}: {} is an open descriptor; name a file, because it is read and written",
                        row.long_name(), name));
    }
    return {};
}

/// Returns the files of \a row, without names whose file cannot be examined: opening it fails
/// later.
Result<std::vector<Use>> uses_of(const Row& row) {
    std::vector<Use> uses;
    for (const std::string& text : row.taken) {
        std::string name = name_in(text, *row.file_use);
        if (name.empty()) {
            continue;
        }
        RUNNEL_TRY(check_dash(row, name));
        const int standard = reads(*row.file_use) ? STDIN_FILENO : STDOUT_FILENO;
        Result<NamedFile> file =
            name == "-" ? NamedFile::of_descriptor(standard) : NamedFile::find(name);
        if (file) {
            uses.push_back(Use{row.long_name(), *row.file_use, std::move(name), *std::move(file)});
        }
    }
    return uses;
}

/// Returns whether one of the files has the use \a one and the other has the use \a other.
bool is(const Use& first, const Use& second, FileUse one, FileUse other) {
    return (first.use == one && second.use == other) || (first.use == other && second.use == one);
}

Result<void> check_pair(const Use& first, const Use& second) {
    // Two descriptors of one file are allowed, because they usually are duplicates with a common
    // position.
    const bool descriptors = first.file.descriptor() >= 0 && second.file.descriptor() >= 0;
    const bool rewrites = is(first, second, FileUse::Inputs, FileUse::Left);
    if ((!first.writes() && !second.writes()) || descriptors || rewrites ||
        !first.file.same_file_as(second.file)) {
        return {};
    }
    const std::string name =
        first.name == second.name ? first.name : fmt::format("{} and {}", first.name, second.name);
    return bad_input(fmt::format("{} and {} name the same file, {}: give each its own",
                                 first.option, second.option, name));
}

}  // namespace

Result<void> check_files(const std::vector<std::unique_ptr<OptionSet::Row>>& rows) {
    std::vector<Use> seen = {
        Use{"stdin", FileUse::Inputs, "stdin", NamedFile::of_descriptor(STDIN_FILENO)}};
    for (const auto& row : rows) {
        if (!row->file_use) {
            continue;
        }
        RUNNEL_TRY_ASSIGN(const std::vector<Use> uses, uses_of(*row));
        for (const Use& use : uses) {
            for (const Use& other : seen) {
                RUNNEL_TRY(check_pair(other, use));
            }
        }
        seen.insert(seen.end(), uses.begin(), uses.end());
    }
    return {};
}

}  // namespace runnel
