#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/printable.hpp"
#include "base/result.hpp"
#include "json/pointer.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// The output of `-w` for each input, as in curl: text with `%{name}`, `%header{name}`,
/// `%json{pointer}`, `%%`, `\n`, `\r`, `\t` and `\\`. The names are the keys of the record and some
/// more of curl's. Values that are not set print nothing, except times, which print 0.000000.
/// append_field() prints `%{input}`.
class WriteOutTemplate {
public:
    /// Fails with ErrorClass::BadInput if a name is unknown (the message lists the known ones), a
    /// pointer or a header name is invalid, or a brace is not closed.
    [[nodiscard]] static Result<WriteOutTemplate> parse(std::string_view format);
    /// Parses the argument of `-w`: a format, or `@FILE` to read it from FILE, without its line
    /// ends, as in curl.
    [[nodiscard]] static Result<WriteOutTemplate> parse_option(const std::string& value);

    /// Returns the headers and pointers whose values append() needs.
    [[nodiscard]] const std::vector<std::string>& headers() const noexcept { return headers_; }
    [[nodiscard]] const std::vector<JsonPointer>& pointers() const noexcept { return pointers_; }

    /// The form of the values: Shown means as a TerminalFilter prints them. The text between them
    /// is the user's and never changed.
    enum class Values { Unchanged, Shown };
    /// Appends the output for an input. \a kept contains the values of headers(), then those of
    /// pointers(); missing ones at the end are empty.
    void append(const Record& record, const std::vector<std::string>& kept, std::string& out,
                Values values = Values::Unchanged) const;

private:
    using Variable = void (*)(const Record& record, std::string& out);
    /// One of four kinds.
    struct Part {
        enum class Kind { Text, Variable, Header, Pointer };
        Kind kind = Kind::Text;
        TerminalFilter::Form form = TerminalFilter::Form::Text;  ///< Form of the value.
        std::string text;
        Variable variable = nullptr;
        std::size_t index = 0;
    };

    WriteOutTemplate() = default;

    [[nodiscard]] Result<void> add_percent(std::string_view& rest);
    [[nodiscard]] Result<void> add_named(std::string_view kind, std::string_view name);
    void add_escape(std::string_view& rest);
    void add_text(std::string_view text);
    void append_part(const Part& part, const Record& record, const std::vector<std::string>& kept,
                     std::string& out) const;

    std::vector<Part> parts_;
    std::vector<std::string> headers_;
    std::vector<JsonPointer> pointers_;
};

}  // namespace runnel
