#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/pointer.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// What `-w` prints of each input, as curl has it: text with `%{name}`, `%header{name}`,
/// `%json{pointer}`, `%%`, `\n`, `\r`, `\t` and `\\`. The names are the keys of the record and some
/// more of curl's. A value that is unknown prints nothing.
class WriteOutTemplate {
public:
    /// Fails with ErrorClass::BadInput: a name that is not known (with all that are), a pointer or
    /// a header name that is none, a brace that is not closed.
    [[nodiscard]] static Result<WriteOutTemplate> parse(std::string_view format);
    /// What stands after `-w`: a format, or `@FILE` to read it from FILE, where line ends do not
    /// count, as in curl.
    [[nodiscard]] static Result<WriteOutTemplate> parse_option(const std::string& value);

    /// What has to be known of a response, besides its record.
    [[nodiscard]] const std::vector<std::string>& headers() const noexcept { return headers_; }
    [[nodiscard]] const std::vector<JsonPointer>& pointers() const noexcept { return pointers_; }

    /// Appends what is to be printed of an input. \a kept: the values of headers(), then those at
    /// pointers(); may end early, where they are not known.
    void append(const Record& record, const std::vector<std::string>& kept, std::string& out) const;

private:
    using Variable = void (*)(const Record& record, std::string& out);
    /// One of the four.
    struct Part {
        enum class Kind { Text, Variable, Header, Pointer };
        Kind kind = Kind::Text;
        std::string text;
        Variable variable = nullptr;
        std::size_t index = 0;
    };

    WriteOutTemplate() = default;

    [[nodiscard]] Result<void> add_percent(std::string_view& rest);
    [[nodiscard]] Result<void> add_named(std::string_view kind, std::string_view name);
    void add_escape(std::string_view& rest);
    void add_text(std::string_view text);

    std::vector<Part> parts_;
    std::vector<std::string> headers_;
    std::vector<JsonPointer> pointers_;
};

}  // namespace runnel
