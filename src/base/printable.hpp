#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// Returns \a text with control characters and invalid UTF-8 written as `\xNN`, so that text from
/// servers and files cannot control the terminal. Control characters are C0 (also line ends and
/// tab), DEL, C1, and those that change the direction of writing or end a line (U+061C, U+200E,
/// U+200F, U+2028 to U+202E, U+2066 to U+2069).
[[nodiscard]] std::string printable(std::string_view text);

/// Replaces the control characters in a stream by escapes, as printable() does, except that
/// newlines, tabs and a CR before a newline are kept. Characters may be cut between two pieces.
class TerminalFilter {
public:
    /// Text: escapes are `\xNN`, one for each byte.
    /// Json: the stream is JSON, and stays so: escapes are `\uNNNN`, and invalid UTF-8 is `\ufffd`.
    enum class Form { Text, Json };

    explicit TerminalFilter(Form form) noexcept : form_(form) {}

    /// Appends \a piece to \a out. A CR or the beginning of a character at its end is held back
    /// until the next piece or finish().
    void feed(std::string_view piece, std::string& out);
    /// Appends what is held back. Another stream may follow.
    void finish(std::string& out);

private:
    void append(std::string_view text, bool complete, std::string& out);

    Form form_;
    std::string held_;
};

/// Returns \a text as a TerminalFilter prints it.
[[nodiscard]] std::string shown_on_terminal(std::string_view text, TerminalFilter::Form form);

}  // namespace runnel
