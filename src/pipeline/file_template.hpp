#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pipeline/input.hpp"

namespace runnel {

/// The longest name of a file or folder, in bytes.
inline constexpr std::size_t kMaxFileName = 255;

/// \a name in at most \a limit bytes, which is 64 or more. A longer one keeps its beginning and a
/// short extension; between them stands a hash of all of it, so that different names stay
/// different.
[[nodiscard]] std::string shortened(std::string_view name, std::size_t limit);

/// Names for the bodies of inputs: `out/{host}/{path}`.
///
/// Placeholders, of the URL as it was asked for (not of where redirects led):
/// - `{scheme}`, `{host}`, `{port}`;
/// - `{path}`: the path with folders and query; `index.html` in the place of a name that is empty;
/// - `{name}`: the last part of the path without the query, or `index.html`; `{query}`: the query;
/// - `{}`: the input as it stands, or the URL of a line of JSON;
/// - `{line}`: the number of its line, 0 for an argument; `{n}`: a number that the caller gives;
/// - `{id}`: the id of a line of JSON, a string without its quotes.
/// `{{` and `}}` are braces.
///
/// A slash makes a folder where it stands in the template or in the path of a URL; everywhere else
/// it becomes `%2F`. The path is that of the request: dot segments are resolved (RFC 3986, section
/// 5.2.4) and lead no higher than its root, percent-encoding stays as it is, empty parts are
/// dropped. In every name control characters and backslashes are percent-encoded, and what is no
/// UTF-8; names of dots alone (`.`, `..`) too; an empty name becomes `_`, a long one is
/// shortened(). So what comes out holds no part that leads anywhere but down.
///
/// Names hold no user name and password.
class FileTemplate {
public:
    /// Fails with ErrorClass::BadInput: a placeholder that is not known (with all that are), a
    /// brace that is not closed, no name at the end, a `.` or `..` behind the fixed part.
    [[nodiscard]] static Result<FileTemplate> parse(std::string_view text);

    /// The folder that all files are beneath: all of the template up to the last slash before its
    /// first placeholder. Ends with a slash; empty: the working directory.
    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    /// The path of the file of \a input below that folder: names with one slash between them. The
    /// input must have a request.
    [[nodiscard]] std::string path_of(const Input& input, std::uint64_t n) const;

private:
    using Value = std::string (*)(const Input& input, std::uint64_t n);
    /// A text, or a value.
    struct Part {
        std::string text;
        Value value = nullptr;
    };

    FileTemplate() = default;
    [[nodiscard]] Result<void> add_placeholder(std::string_view& rest);
    void add_text(std::string_view text);
    [[nodiscard]] Result<void> split_off_folder(std::string_view text);

    std::string folder_;
    std::vector<Part> parts_;  // of what follows the folder
};

}  // namespace runnel
