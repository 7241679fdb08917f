#include "pipeline/request_line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "json/cursor.hpp"
#include "json/escape.hpp"
#include "json/object_writer.hpp"
#include "json/structural_index.hpp"

namespace runnel {
namespace {

Error not_json(const JsonProblem& problem) {
    return bad_input(fmt::format("not JSON: {} (column {})", problem.reason, problem.offset + 1));
}

bool breaks_a_header(std::string_view text) noexcept {
    using namespace std::string_view_literals;
    return text.find_first_of("\r\n\0"sv) != std::string_view::npos;
}

/// A member of another tool's request, and the member of runnel with the same meaning.
struct ForeignMember {
    std::string_view name;
    std::string_view ours;
};

constexpr std::array kForeignMembers = {
    ForeignMember{"data", "body"},    ForeignMember{"timeout", "max_time"},
    ForeignMember{"params", "url"},   ForeignMember{"header", "headers"},
    ForeignMember{"form", "body"},    ForeignMember{"verb", "method"},
    ForeignMember{"auth", "headers"}, ForeignMember{"cookies", "headers"},
};

/// Returns \a name without differences that are usually slips: case, `-` for `_`, a plural s.
std::string without_slips(std::string_view name) {
    std::string plain = lower_case(name);
    std::ranges::replace(plain, '-', '_');
    if (plain.ends_with('s')) {
        plain.pop_back();
    }
    return plain;
}

/// Reads the members of the line. Each step returns whether to continue, as JsonCursor requires. On
/// failure the reason is error_ if set, else the cursor's problem.
class MemberReader {
public:
    explicit MemberReader(JsonCursor& cursor) : cursor_(cursor) {}

    Result<RequestLine> read() {
        const auto member = [this](std::string_view key) { return read_member(key); };
        if (!cursor_.members(member) || !cursor_.finish_document()) {
            return error_ ? std::move(*error_) : not_json(cursor_.problem());
        }
        if (line_.url.empty()) {
            return bad_input("the line has no \"url\"");
        }
        if (json_ && !names_a_type()) {
            line_.headers.emplace_back("Content-Type", "application/json");
        }
        return std::move(line_);
    }

private:
    struct Member {
        std::string_view name;
        bool (MemberReader::*read)();
    };
    static const std::array<Member, 10> kMembers;

    bool fail(std::string message) {
        error_ = bad_input(std::move(message));
        return false;
    }
    bool refuse(std::string_view why) {
        return fail(header_.empty() ? fmt::format("\"{}\" {}", name_, why)
                                    : fmt::format("header \"{}\" {}", header_, why));
    }

    bool read_member(std::string_view key) {
        std::string unescaped;
        if (cursor_.has_escapes()) {
            key = append_unescaped(unescaped, key) ? std::string_view(unescaped) : "";
        }
        for (std::size_t at = 0; at < kMembers.size(); ++at) {
            if (kMembers[at].name != key) {
                continue;
            }
            name_ = kMembers[at].name;
            if (std::exchange(seen_[at], true)) {
                return refuse("is given twice");
            }
            return cursor_.peek() == 'n' ? cursor_.skip() : (this->*kMembers[at].read)();
        }
        const std::string_view ours = member_meant_by(key);
        return ours.empty() ? cursor_.skip()
                            : fail(fmt::format("\"{}\" is not a member of a request: use \"{}\"",
                                               key, ours));
    }
    /// Returns the member that an unknown \a key stands for; empty if it is to be ignored.
    static std::string_view member_meant_by(std::string_view key) {
        for (const ForeignMember& foreign : kForeignMembers) {
            if (foreign.name == key) {
                return foreign.ours;
            }
        }
        const std::string plain = without_slips(key);
        for (const Member& member : kMembers) {
            if (without_slips(member.name) == plain) {
                return member.name;
            }
        }
        return {};
    }

    // Read the next value as text.

    bool take_string(std::string& to) {
        std::string_view content;
        if (cursor_.peek() != '"') {
            return refuse("must be a string");
        }
        if (!cursor_.string(content)) {
            return false;
        }
        return append_unescaped(to, content) || refuse("contains an unpaired surrogate");
    }
    bool take_raw(std::string& to) {
        const JsonCursor::Mark begin = cursor_.mark();
        if (!cursor_.skip()) {
            return false;
        }
        to = cursor_.text_between(begin, cursor_.mark());
        return true;
    }
    bool take_text(std::string& to, std::string_view otherwise) {
        if (cursor_.peek() == '-' || is_digit(cursor_.peek())) {
            return take_raw(to);
        }
        return cursor_.peek() == '"' ? take_string(to) : refuse(otherwise);
    }
    /// Calls \a use with a text, or with each text of an array; \a use returns whether to continue.
    template <class Use>
    bool take_texts(const Use& use) {
        const auto take_one = [this, &use] {
            std::string text;
            return take_text(text, "must be a string, a number or an array of those") &&
                   use(std::move(text));
        };
        return cursor_.peek() == '[' ? cursor_.elements(take_one) : take_one();
    }

    // Read the members.

    bool read_url() { return take_string(line_.url) && (!line_.url.empty() || refuse("is empty")); }

    bool read_method() {
        std::string& method = line_.method.emplace();
        return take_string(method) &&
               (is_token(method) || refuse("is not a method: use a word such as POST"));
    }

    bool read_headers() {
        if (cursor_.peek() != '{') {
            return refuse("must be an object");
        }
        const bool read =
            cursor_.members([this](std::string_view key) { return read_header(key); });
        header_.clear();
        return read;
    }
    bool read_header(std::string_view key) {
        std::string name;
        const bool is_text = append_unescaped(name, key);
        header_.clear();
        if (breaks_a_header(name)) {
            return refuse("contains a header name with CR, LF or NUL");
        }
        if (!is_text || !is_token(name)) {
            return refuse(fmt::format("contains an invalid header name: \"{}\"", name));
        }
        header_ = std::move(name);
        return take_texts([this](std::string value) {
            if (breaks_a_header(value)) {
                return refuse("has a value with CR, LF or NUL");
            }
            line_.headers.emplace_back(header_, std::move(value));
            return true;
        });
    }

    bool read_body() {
        std::string body;
        const bool taken = cursor_.peek() == '"' ? take_string(body) : take_raw(body);
        return taken && keep_body(std::move(body));
    }
    bool read_body_b64() {
        std::string text;
        if (!take_string(text)) {
            return false;
        }
        std::optional<std::string> bytes = from_base64(text);
        return bytes ? keep_body(std::move(*bytes)) : refuse("is not Base64 with its padding");
    }
    bool read_json() {
        std::string value;
        json_ = true;
        return take_raw(value) && keep_body(std::move(value));
    }
    bool keep_body(std::string body) {
        if (line_.body) {
            return fail("the line has two of \"body\", \"body_b64\" and \"json\"");
        }
        line_.body = std::move(body);
        return true;
    }

    [[nodiscard]] bool names_a_type() const {
        return std::ranges::any_of(line_.headers, [](const RequestLine::Header& header) {
            return equal_ignoring_case(header.first, "content-type");
        });
    }

    bool read_max_time() {
        std::string& text = line_.max_time.emplace();
        if (!take_text(text, "must be a string or a number")) {
            return false;
        }
        const Result<Duration> duration = parse_duration(text);
        return duration ? true : fail(fmt::format("\"max_time\": {}", duration.error().message()));
    }

    bool read_expect() {
        std::string& list = line_.expect.emplace();
        const bool taken = take_texts([&list](const std::string& item) {
            list.append(list.empty() ? "" : ",").append(item);
            return true;
        });
        return taken && (!list.empty() || refuse("is empty"));
    }

    bool read_id() { return take_raw(line_.id); }
    bool read_extra() { return take_raw(line_.extra); }

    JsonCursor& cursor_;
    RequestLine line_;
    std::string_view name_;  ///< Name of the current member.
    std::string header_;     ///< Name of the current header.
    std::array<bool, 10> seen_{};
    bool json_ = false;  ///< Whether the body is from `json`.
    std::optional<Error> error_;
};

constexpr std::array<MemberReader::Member, 10> MemberReader::kMembers = {{
    {"url", &MemberReader::read_url},
    {"method", &MemberReader::read_method},
    {"headers", &MemberReader::read_headers},
    {"body", &MemberReader::read_body},
    {"body_b64", &MemberReader::read_body_b64},
    {"json", &MemberReader::read_json},
    {"max_time", &MemberReader::read_max_time},
    {"expect", &MemberReader::read_expect},
    {"id", &MemberReader::read_id},
    {"extra", &MemberReader::read_extra},
}};

/// Writes an object, with an array for a header that is repeated in a row.
void write_headers(JsonObjectWriter& object, const std::vector<RequestLine::Header>& headers) {
    object.begin_object("headers");
    for (auto begin = headers.begin(); begin != headers.end();) {
        const std::string& name = begin->first;
        const auto end = std::find_if(begin, headers.end(),
                                      [&name](const auto& header) { return header.first != name; });
        if (end - begin == 1) {
            object.member(name, begin->second);
        } else {
            object.begin_array(name);
            std::for_each(begin, end,
                          [&object](const auto& header) { object.item(header.second); });
            object.end_array();
        }
        begin = end;
    }
    object.end_object();
}

}  // namespace

bool is_request_line(std::string_view line) noexcept {
    return trimmed(line, " \t\r\n").starts_with('{');
}

Result<RequestLine> read_request_line(std::string_view line) {
    StructuralIndex index;
    if (const std::optional<JsonProblem> problem = index.build(line)) {
        return not_json(*problem);
    }
    JsonCursor cursor(index);
    cursor.start_document(line.size());
    if (cursor.peek() != '{') {
        return bad_input("the line is not a JSON object");
    }
    return MemberReader(cursor).read();
}

void append_json(const RequestLine& request, std::string& out) {
    JsonObjectWriter object(out);
    object.member("url", request.url);
    if (request.method) {
        object.member("method", *request.method);
    }
    if (!request.headers.empty()) {
        write_headers(object, request.headers);
    }
    if (request.body && is_valid_utf8(*request.body)) {
        object.member("body", *request.body);
    } else if (request.body) {
        object.member("body_b64", to_base64(*request.body));
    }
    if (request.max_time) {
        object.member("max_time", *request.max_time);
    }
    if (request.expect) {
        object.member("expect", *request.expect);
    }
    if (!request.id.empty()) {
        object.raw("id", request.id);
    }
    if (!request.extra.empty()) {
        object.raw("extra", request.extra);
    }
    object.end_line();
}

}  // namespace runnel
