#include "mock/answer_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/read_file.hpp"
#include "base/text.hpp"
#include "json/keys.hpp"
#include "json/typed_member.hpp"

namespace runnel::mock {

namespace {

using Fault = Answer::Fault;

constexpr std::array kFaults = {Fault::Reset, Fault::Truncate, Fault::Hang, Fault::Garbage,
                                Fault::Empty};
/// Maximum chunk of a drip (bytes). Each request has a buffer of this size.
constexpr std::uint64_t kMaxChunk = std::uint64_t{1} << 20;
/// Maximum size of all headers (bytes). They share the memory of a connection with the request.
constexpr std::size_t kMaxHeaders = std::size_t{16} << 10;

bool is_forbidden_in_value(char c) noexcept { return is_ascii_control(c) && c != '\t'; }

/// Returns why the server cannot send this header; empty if it can.
std::string_view header_problem(std::string_view name, std::string_view value) {
    if (!is_token(name)) {
        return "is not a header name";
    }
    if (equal_ignoring_case(name, "Content-Length") ||
        equal_ignoring_case(name, "Transfer-Encoding")) {
        return "is set by the server: leave it out (the fault truncate announces more than it "
               "sends)";
    }
    if (equal_ignoring_case(name, "Connection") && value != "close") {
        return "must be \"close\"; connections are kept open without it";
    }
    if (value.empty() || std::any_of(value.begin(), value.end(), is_forbidden_in_value)) {
        return "needs a value without line ends and other control characters";
    }
    return "";
}

Result<Header> read_header(const std::string& name, const JsonValue& value) {
    const JsonMember member{name, value.where, value};
    RUNNEL_TRY_ASSIGN(std::string text, string_of(member, "\"text/plain\""));
    if (const std::string_view problem = header_problem(name, text); !problem.empty()) {
        return wrong(member, problem);
    }
    return Header{name, std::move(text)};
}

/// Reads `{"Name": "value", "Other": ["one", "two"]}`; an array gives several headers.
Result<std::vector<Header>> read_headers(const JsonMember& member) {
    RUNNEL_TRY(require_kind(member, JsonValue::Kind::Object, R"({"Content-Type": "text/plain"})"));
    std::vector<Header> headers;
    std::size_t size = 0;
    for (const JsonMember& entry : member.value.members) {
        const bool is_array = entry.value.kind == JsonValue::Kind::Array;
        for (const JsonValue& value : is_array ? entry.value.items : std::vector{entry.value}) {
            RUNNEL_TRY_ASSIGN(Header header, read_header(entry.name, value));
            size += header.name.size() + header.value.size();
            headers.push_back(std::move(header));
        }
    }
    if (size > kMaxHeaders) {
        return wrong(member, fmt::format("are {} bytes: the maximum is {}", size, kMaxHeaders));
    }
    return headers;
}

Result<unsigned> read_status(const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::uint64_t status, number_of(member, "200"));
    if (status < 200 || status > 999) {
        return wrong(member, fmt::format("must be 200 to 999, not {}", status));
    }
    return static_cast<unsigned>(status);
}

Result<Answer::Drip> read_drip(const JsonMember& member) {
    RUNNEL_TRY(require_kind(member, JsonValue::Kind::Object, R"({"chunk": 10, "every": "50ms"})"));
    Answer::Drip drip;
    for (const JsonMember& part : member.value.members) {
        if (part.name == "chunk") {
            RUNNEL_TRY_ASSIGN(drip.chunk, number_of(part, "10"));
        } else if (part.name == "every") {
            RUNNEL_TRY_ASSIGN(drip.every, duration_of(part));
        } else {
            return unknown_key(part, "chunk, every");
        }
    }
    if (member.value.members.size() != 2) {
        return wrong(member, "needs both \"chunk\" and \"every\"");
    }
    if (drip.chunk < 1 || drip.chunk > kMaxChunk) {
        return wrong(member, fmt::format("needs a \"chunk\" of 1 to {} bytes", kMaxChunk));
    }
    return drip;
}

Result<Fault> read_fault(const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string name, string_of(member, "\"reset\""));
    const auto* fault = std::ranges::find(kFaults, name, &to_string);
    if (fault == kFaults.end()) {
        return wrong(
            member,
            fmt::format("must be reset, truncate, hang, garbage or empty, not \"{}\"", name));
    }
    return *fault;
}

std::string compact(const JsonValue& value) {
    std::string json;
    append_json(value, json);
    return json;
}

bool is_content_type(const Header& header) {
    return equal_ignoring_case(header.name, "Content-Type");
}

}  // namespace

struct AnswerReader::Keys {
    using Self = AnswerReader;
    using Member = JsonMember;

    static constexpr std::array<Key<AnswerReader>, 9> all = {{
        {"status",
         [](Self& self, const Member& m) { return store(read_status(m), self.answer_.status); }},
        {"headers",
         [](Self& self, const Member& m) { return store(read_headers(m), self.answer_.headers); }},
        {"body",
         [](Self& self, const Member& m) {
             return self.set_body(m, string_of(m, R"("one\ntwo\n")"), "text/plain; charset=utf-8");
         }},
        {"json",
         [](Self& self, const Member& m) {
             return self.set_body(m, compact(m.value), "application/json");
         }},
        {"body_file",
         [](Self& self, const Member& m) { return self.set_body(m, self.read_body_file(m), ""); }},
        {"echo",
         [](Self& self, const Member& m) {
             const Result<void> stored = store(boolean_of(m), self.answer_.echo);
             return self.answer_.echo ? self.set_body(m, std::string(), "application/json")
                                      : stored;
         }},
        {"delay",
         [](Self& self, const Member& m) { return store(duration_of(m), self.answer_.delay); }},
        {"drip",
         [](Self& self, const Member& m) { return store(read_drip(m), self.answer_.drip); }},
        {"fault",
         [](Self& self, const Member& m) { return store(read_fault(m), self.answer_.fault); }},
    }};
};

bool AnswerReader::has_key(std::string_view name) noexcept {
    return find_key(Keys::all, name) != nullptr;
}

std::string AnswerReader::keys() { return names_of(Keys::all); }

Result<void> AnswerReader::take(const JsonMember& member) {
    const Key<AnswerReader>* key = find_key(Keys::all, member.name);
    RUNNEL_ENSURE(key != nullptr, "take() of an unknown key");
    return key->take(*this, member);
}

Result<Answer> AnswerReader::finish(TextPosition where) && {
    const bool has_body = !body_key_.empty();
    const bool has_bytes = answer_.echo || (answer_.body && !answer_.body->empty());
    if (answer_.fails_in_body() && !has_bytes) {
        return located(
            where, fmt::format("the fault {} needs a non-empty body", to_string(answer_.fault)));
    }
    if (answer_.fault == Fault::Empty && has_body) {
        return located(where,
                       fmt::format("the fault empty sends nothing: leave out \"{}\"", body_key_));
    }
    if (answer_.drip && !has_body) {
        return located(where, "\"drip\" needs a body");
    }
    if (!content_type_.empty() && std::ranges::none_of(answer_.headers, is_content_type)) {
        answer_.headers.push_back(Header{"Content-Type", content_type_});
    }
    return std::move(answer_);
}

Result<void> AnswerReader::set_body(const JsonMember& member, Result<std::string> body,
                                    std::string_view content_type) {
    if (!body_key_.empty()) {
        return located(member.where, fmt::format("\"{}\" cannot be combined with \"{}\"",
                                                 member.name, body_key_));
    }
    body_key_ = member.name;
    content_type_ = content_type;
    return store(std::move(body), answer_.body);
}

Result<std::string> AnswerReader::read_body_file(const JsonMember& member) const {
    RUNNEL_TRY_ASSIGN(const std::string name, string_of(member, R"("bodies/page.txt")"));
    Result<std::string> body =
        read_file(name.starts_with('/') ? name : fmt::format("{}/{}", directory_, name));
    if (!body) {
        return located(member.value.where,
                       fmt::format("\"{}\": {}", member.name, body.error().message()));
    }
    return body;
}

Result<Answer> read_answer(const JsonValue& value, const std::string& directory) {
    AnswerReader reader(directory);
    for (const JsonMember& member : value.members) {
        RUNNEL_TRY(AnswerReader::has_key(member.name) ? reader.take(member)
                                                      : unknown_key(member, AnswerReader::keys()));
    }
    return std::move(reader).finish(value.where);
}

}  // namespace runnel::mock
