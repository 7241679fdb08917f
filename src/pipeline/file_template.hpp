#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pipeline/input.hpp"

namespace runnel {

/// Maximum length of the name of a file or folder (bytes).
inline constexpr std::size_t kMaxFileName = 255;

/// Returns \a name, or a replacement if it is longer than \a limit bytes (at least 64). The
/// replacement keeps the beginning and a short extension, with a hash of the whole name between
/// them, so that different names stay different.
[[nodiscard]] std::string limited_file_name(std::string_view name, std::size_t limit);

/// File names for bodies: `out/{host}/{path}`.
///
/// Placeholders; they refer to the URL as given, not to redirects:
/// - `{scheme}`, `{host}`, `{port}`;
/// - `{path}`: the path with folders and query; `index.html` if the name is empty;
/// - `{name}`: the last part of the path without the query, or `index.html`; `{query}`: the query;
/// - `{}`: the input as written, or the URL of a JSON line;
/// - `{line}`: the line number, 0 for an argument; `{n}`: a number given by the caller;
/// - `{id}`: the id of a JSON line; a string without its quotes. `{{` and `}}` are braces.
///
/// A slash makes a folder in the template and in the path of a URL; everywhere else it becomes
/// `%2F`. The path is that of the request: dot segments are resolved (RFC 3986, section 5.2.4) and
/// cannot leave the root, percent-encoding is kept, empty parts are dropped. In each name, control
/// characters, backslashes and invalid UTF-8 are percent-encoded, as are the names `.` and `..`; an
/// empty name becomes `_`, a long one is replaced by limited_file_name(). So a path never leaves
/// the folder. Dots at the beginning of a name are percent-encoded if they come from a placeholder,
/// so that a URL never makes a hidden file; a dot in the template is kept.
///
/// User names and passwords never appear in names.
class FileTemplate {
public:
    /// Fails with ErrorClass::BadInput if a placeholder is unknown (the message lists the known
    /// ones), a brace is not closed, the name at the end is missing, or `.` or `..` follows the
    /// fixed part.
    [[nodiscard]] static Result<FileTemplate> parse(std::string_view text);

    /// Returns the folder of all files: the template up to the last slash before its first
    /// placeholder. Ends with a slash; empty for the working directory.
    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    /// Returns the name of the only file, with folder(), if there is no placeholder; else an empty
    /// text.
    [[nodiscard]] std::string full_name() const;
    /// Returns the first placeholder whose value does not follow from the input alone (`{n}`,
    /// `{line}`); else an empty text.
    [[nodiscard]] std::string place_in_input() const;
    /// Returns the path of the file for \a input relative to folder(): names separated by single
    /// slashes. The input must have a request.
    [[nodiscard]] std::string path_of(const Input& input, std::uint64_t n) const;

private:
    using Value = std::string (*)(const Input& input, std::uint64_t n);
    /// A text or a placeholder.
    struct Part {
        std::string text;
        Value value = nullptr;
    };

    FileTemplate() = default;
    [[nodiscard]] Result<void> add_placeholder(std::string_view& rest);
    void add_text(std::string_view text);
    [[nodiscard]] Result<void> split_off_folder(std::string_view text);

    std::string folder_;
    std::vector<Part> parts_;  // after the folder
};

}  // namespace runnel
