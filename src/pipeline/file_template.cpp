#include "pipeline/file_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/fnv.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "json/escape.hpp"
#include "pipeline/request_line.hpp"
#include "pipeline/url_template.hpp"

namespace runnel {

namespace {

constexpr std::string_view kIndex = "index.html";

// Parts of a URL.

std::string_view after_authority(std::string_view url) {
    const std::size_t begin = url.find_first_of("/?#", url.find("://") + 3);
    const std::string_view rest = url.substr(std::min(begin, url.size()));
    return rest.substr(0, rest.find('#'));
}

std::string_view raw_path(const Input& input) {
    const std::string_view rest = after_authority(input.request->url.text());
    return rest.substr(0, rest.find('?'));
}

std::string_view raw_query(const Input& input) {
    const std::string_view rest = after_authority(input.request->url.text());
    const std::size_t mark = rest.find('?');
    return mark == std::string_view::npos ? std::string_view() : rest.substr(mark + 1);
}

template <class Use>
void for_each_part(std::string_view path, const Use& use) {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        use(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
}

/// Returns the folders of a path and the name at its end, which is empty if the path ends in a
/// folder.
std::pair<std::vector<std::string_view>, std::string_view> folders_and_name(std::string_view path) {
    std::vector<std::string_view> folders;
    const std::string_view last = path.substr(path.rfind('/') + 1);
    const bool named = last != "." && last != "..";
    const std::string_view above = named ? path.substr(0, path.size() - last.size()) : path;
    for_each_part(above, [&folders](std::string_view part) {
        if (part == ".." && !folders.empty()) {
            folders.pop_back();
        } else if (!part.empty() && part != "." && part != "..") {
            folders.push_back(part);
        }
    });
    return {std::move(folders), named ? last : std::string_view()};
}

/// Returns \a text as part of a single name.
std::string one_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        if (c == '/') {
            append_percent_encoded(name, c);
        } else {
            name += c;
        }
    }
    return name;
}

std::string scheme(const Input& input, std::uint64_t /*n*/) {
    return input.request->url.is_https() ? "https" : "http";
}
std::string host(const Input& input, std::uint64_t /*n*/) {
    return one_name(input.request->url.host());
}
std::string port(const Input& input, std::uint64_t /*n*/) {
    return std::to_string(input.request->url.port());
}
std::string path(const Input& input, std::uint64_t /*n*/) {
    const auto [folders, name] = folders_and_name(raw_path(input));
    std::string path;
    for (const std::string_view folder : folders) {
        path += folder;
        path += '/';
    }
    path += name.empty() ? kIndex : name;
    const std::string_view query = raw_query(input);
    return query.empty() ? path : path + '?' + one_name(query);
}
std::string name(const Input& input, std::uint64_t /*n*/) {
    const std::string_view name = folders_and_name(raw_path(input)).second;
    return std::string(name.empty() ? kIndex : name);
}
std::string query(const Input& input, std::uint64_t /*n*/) { return one_name(raw_query(input)); }
std::string whole(const Input& input, std::uint64_t /*n*/) {
    return one_name(is_request_line(input.text) ? input.request->url.redacted()
                                                : http::without_userinfo(input.text));
}
std::string line(const Input& input, std::uint64_t /*n*/) {
    return std::to_string(input.line_number.value_or(0));
}
std::string number(const Input& /*input*/, std::uint64_t n) { return std::to_string(n); }
std::string id(const Input& input, std::uint64_t /*n*/) {
    const std::string_view json = input.id;
    std::string text;
    if (json.size() > 1 && json.front() == '"' &&
        append_unescaped(text, json.substr(1, json.size() - 2))) {
        return one_name(text);
    }
    return one_name(json);
}

class Placeholder {
public:
    std::string_view name;
    std::string (*value)(const Input& input, std::uint64_t n);
};

constexpr std::array<Placeholder, 10> kPlaceholders = {{{"scheme", &scheme},
                                                        {"host", &host},
                                                        {"port", &port},
                                                        {"path", &path},
                                                        {"name", &name},
                                                        {"query", &query},
                                                        {"", &whole},
                                                        {"line", &line},
                                                        {"n", &number},
                                                        {"id", &id}}};

std::string all_placeholders() {
    std::string all;
    for (const Placeholder& one : kPlaceholders) {
        all += fmt::format("{}{{{}}}", all.empty() ? "" : " ", one.name);
    }
    return all;
}

/// Appends the \a value of a placeholder. A dot at the beginning of a name would hide the file or
/// folder, so it is percent-encoded.
void append_unhidden(std::string& path, std::string_view value) {
    bool begins_name = path.empty() || path.back() == '/';
    for (const char c : value) {
        if (begins_name && c == '.') {
            append_percent_encoded(path, c);
        } else {
            path += c;
            begins_name = c == '/';
        }
    }
}

/// Returns \a part as the name of a file or folder.
std::string safe_name(std::string_view part) {
    std::string name;
    const bool dots = part == "." || part == "..";
    while (!part.empty()) {
        const std::string_view text = part.substr(0, valid_utf8_prefix(part));
        for (const char c : text) {
            if (is_ascii_control(c) || c == '\\' || dots) {
                append_percent_encoded(name, c);
            } else {
                name += c;
            }
        }
        part.remove_prefix(text.size());
        if (!part.empty()) {
            append_percent_encoded(name, part.front());
            part.remove_prefix(1);
        }
    }
    return name.empty() ? "_" : limited_file_name(name, kMaxFileName);
}

}  // namespace

std::string limited_file_name(std::string_view name, std::size_t limit) {
    constexpr std::size_t kLongestExtension = 16;
    constexpr std::size_t kMark = 17;
    if (name.size() <= limit) {
        return std::string(name);
    }
    const std::size_t dot = name.rfind('.');
    const bool has_extension =
        dot != std::string_view::npos && name.size() - dot <= kLongestExtension;
    const std::string_view extension = has_extension ? name.substr(dot) : std::string_view();
    const std::string_view beginning = name.substr(0, limit - kMark - extension.size());
    return fmt::format("{}~{:016x}{}", beginning.substr(0, valid_utf8_prefix(beginning)),
                       fnv1a(name), extension);
}

Result<FileTemplate> FileTemplate::parse(std::string_view text) {
    FileTemplate made;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t brace = std::min(rest.find_first_of("{}"), rest.size());
        made.add_text(rest.substr(0, brace));
        rest.remove_prefix(brace);
        if (rest.empty()) {
            break;
        }
        const bool doubled = rest.size() > 1 && rest[1] == rest[0];
        if (rest[0] == '{' && !doubled) {
            RUNNEL_TRY(made.add_placeholder(rest));
        } else {
            made.add_text(rest.substr(0, 1));
            rest.remove_prefix(doubled ? 2 : 1);
        }
    }
    RUNNEL_TRY(made.split_off_folder(text));
    return made;
}

void FileTemplate::add_text(std::string_view text) {
    if (parts_.empty() || parts_.back().value != nullptr) {
        parts_.emplace_back();
    }
    parts_.back().text += text;
}

/// Adds the placeholder at the beginning of \a rest, which starts with the brace, and removes it.
Result<void> FileTemplate::add_placeholder(std::string_view& rest) {
    const std::size_t end = rest.find('}');
    if (end == std::string_view::npos) {
        return bad_input(fmt::format("\"{}\": the brace is not closed ({{{{ is a brace)", rest));
    }
    const std::string_view name = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    const auto* const known =
        std::find_if(kPlaceholders.begin(), kPlaceholders.end(),
                     [name](const Placeholder& one) { return one.name == name; });
    if (known == kPlaceholders.end()) {
        return bad_input(
            fmt::format("unknown placeholder {{{}}} (known: {})", name, all_placeholders()));
    }
    parts_.emplace_back().value = known->value;
    return {};
}

Result<void> FileTemplate::split_off_folder(std::string_view text) {
    if (!parts_.empty() && parts_.front().value == nullptr) {
        std::string& fixed = parts_.front().text;
        folder_ = fixed.substr(0, fixed.rfind('/') + 1);
        fixed.erase(0, folder_.size());
    }
    std::string shape;
    for (const Part& part : parts_) {
        shape += part.value != nullptr ? "x" : part.text;
    }
    if (shape.empty() || shape.ends_with('/')) {
        return bad_input(fmt::format("\"{}\" names a folder; add a file, such as {{name}}", text));
    }
    Result<void> sound;
    for_each_part(shape, [&](std::string_view part) {
        if (part.empty() || part == "." || part == "..") {
            sound = bad_input(fmt::format("\"{}\" has \"{}\" in place of a name", text, part));
        }
    });
    return sound;
}

std::string FileTemplate::full_name() const {
    return parts_.size() == 1 && parts_.front().value == nullptr ? folder_ + parts_.front().text
                                                                 : std::string();
}

std::string FileTemplate::place_in_input() const {
    for (const Part& part : parts_) {
        if (part.value == &line || part.value == &number) {
            return part.value == &line ? "{line}" : "{n}";
        }
    }
    return {};
}

std::string FileTemplate::path_of(const Input& input, std::uint64_t n) const {
    std::string filled;
    for (const Part& part : parts_) {
        if (part.value != nullptr) {
            append_unhidden(filled, part.value(input, n));
        } else {
            filled += part.text;
        }
    }
    std::string path;
    // A path that ends in a slash ends in an empty name.
    filled += filled.ends_with('/') ? "_" : "";
    for_each_part(filled, [&path](std::string_view part) {
        path += path.empty() ? "" : "/";
        path += safe_name(part);
    });
    return path.empty() ? "_" : path;
}

}  // namespace runnel
