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
#include "mock/header_reader.hpp"

namespace runnel::mock {

namespace {

using Fault = Answer::Fault;

constexpr std::array kFaults = {Fault::Reset, Fault::Truncate, Fault::Hang, Fault::Garbage,
                                Fault::Empty};
/// A piece is a buffer in memory, for each request.
constexpr std::uint64_t kMaxChunk = std::uint64_t{1} << 20;

Result<unsigned> read_status(const JsonMember& member) {
    const Result<std::uint64_t> status = number_of(member, "200");
    if (!status) {
        return status.error();
    }
    if (*status < 200 || *status > 999) {
        return wrong(member, fmt::format("is 200 to 999, not {}", *status));
    }
    return static_cast<unsigned>(*status);
}

Result<Answer::Drip> read_drip(const JsonMember& member) {
    const Result<void> is_object =
        require_kind(member, JsonValue::Kind::Object, R"({"chunk": 10, "every": "50ms"})");
    if (!is_object) {
        return is_object.error();
    }
    Answer::Drip drip;
    for (const JsonMember& part : member.value.members) {
        Result<void> stored = unknown_key(part, "chunk, every");
        if (part.name == "chunk") {
            stored = store(number_of(part, "10"), drip.chunk);
        } else if (part.name == "every") {
            stored = store(duration_of(part), drip.every);
        }
        if (!stored) {
            return stored.error();
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
    const Result<std::string> name = string_of(member, "\"reset\"");
    if (!name) {
        return name.error();
    }
    for (const Fault fault : kFaults) {
        if (to_string(fault) == *name) {
            return fault;
        }
    }
    return wrong(member,
                 fmt::format("is reset, truncate, hang, garbage or empty, not \"{}\"", *name));
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
             return self.give_body(m, string_of(m, R"("one\ntwo\n")"), "text/plain; charset=utf-8");
         }},
        {"json",
         [](Self& self, const Member& m) {
             return self.give_body(m, compact(m.value), "application/json");
         }},
        {"body_file",
         [](Self& self, const Member& m) { return self.give_body(m, self.read_body_file(m), ""); }},
        {"echo",
         [](Self& self, const Member& m) {
             const Result<void> stored = store(boolean_of(m), self.answer_.echo);
             return self.answer_.echo ? self.give_body(m, std::string(), "application/json")
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
    RUNNEL_ENSURE(key != nullptr, "take() of a key that has_key() does not know");
    return key->take(*this, member);
}

Result<Answer> AnswerReader::finish(TextPosition where) && {
    const bool has_body = !body_key_.empty();
    const bool has_bytes = answer_.echo || (answer_.body && !answer_.body->empty());
    if (answer_.fails_in_body() && !has_bytes) {
        return located(where, fmt::format("the fault {} needs a body that is not empty",
                                          to_string(answer_.fault)));
    }
    if (answer_.fault == Fault::Empty && has_body) {
        return located(where,
                       fmt::format("the fault empty sends nothing: leave out \"{}\"", body_key_));
    }
    if (answer_.drip && !has_body) {
        return located(where, "\"drip\" needs a body");
    }
    const std::vector<Header>& headers = answer_.headers;
    if (!content_type_.empty() && std::none_of(headers.begin(), headers.end(), is_content_type)) {
        answer_.headers.push_back(Header{"Content-Type", content_type_});
    }
    return std::move(answer_);
}

Result<void> AnswerReader::give_body(const JsonMember& member, Result<std::string> body,
                                     std::string_view content_type) {
    if (!body_key_.empty()) {
        return located(member.where, fmt::format("an answer has one body: \"{}\" or \"{}\"",
                                                 body_key_, member.name));
    }
    body_key_ = member.name;
    content_type_ = content_type;
    return store(std::move(body), answer_.body);
}

Result<std::string> AnswerReader::read_body_file(const JsonMember& member) const {
    const Result<std::string> name = string_of(member, R"("bodies/page.txt")");
    if (!name) {
        return name.error();
    }
    Result<std::string> body =
        read_file(name->starts_with('/') ? *name : fmt::format("{}/{}", directory_, *name));
    if (!body) {
        return located(member.value.where,
                       fmt::format("\"{}\": {}", member.name, body.error().message()));
    }
    return body;
}

Result<Answer> read_answer(const JsonValue& value, const std::string& directory) {
    AnswerReader reader(directory);
    for (const JsonMember& member : value.members) {
        const Result<void> taken = AnswerReader::has_key(member.name)
                                       ? reader.take(member)
                                       : unknown_key(member, AnswerReader::keys());
        if (!taken) {
            return taken.error();
        }
    }
    return std::move(reader).finish(value.where);
}

}  // namespace runnel::mock
