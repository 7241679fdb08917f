#include "mock/routes_file.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/read_file.hpp"
#include "base/text.hpp"
#include "json/document.hpp"
#include "json/keys.hpp"
#include "json/typed_member.hpp"
#include "mock/answer_reader.hpp"

namespace runnel::mock {

namespace {

Result<void> require(const JsonValue& value, JsonValue::Kind kind, std::string_view rule) {
    return value.kind == kind
               ? Result<void>()
               : located(value.where, fmt::format("{}, not {}", rule, to_string(value.kind)));
}

bool is_space_or_control(char c) noexcept { return c == ' ' || is_ascii_control(c); }

Result<std::string> read_method(const JsonMember& member) {
    Result<std::string> method = string_of(member, "\"GET\"");
    if (method && (method->empty() || std::any_of(method->begin(), method->end(),
                                                  [](char c) { return c < 'A' || c > 'Z'; }))) {
        return wrong(member, "must be a method in capitals such as \"GET\"");
    }
    return method;
}

Result<std::string> read_host(const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string host, string_of(member, "\"api.example\""));
    const bool is_address = host.starts_with('[') && host.ends_with(']');
    if (host.empty() || host.find_first_of("/@ ") != std::string::npos ||
        (!is_address && host.find(':') != std::string::npos)) {
        return wrong(member, "must be a host such as \"api.example\", without scheme and port");
    }
    return lower_case(host);
}

Result<std::string> read_path(const JsonMember& member) {
    Result<std::string> path = string_of(member, "\"/user\"");
    if (path &&
        (!path->starts_with('/') || std::any_of(path->begin(), path->end(), is_space_or_control))) {
        return wrong(member, "must begin with / and be percent-encoded: %20 for a space");
    }
    return path;
}

Result<std::shared_ptr<const re2::RE2>> read_regex(const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string pattern, string_of(member, "\"/item/[0-9]+\""));
    std::shared_ptr<const re2::RE2> regex =
        std::make_shared<const re2::RE2>(pattern, re2::RE2::Quiet);
    if (!regex->ok()) {
        return wrong(member, "is not an RE2 regular expression: " + regex->error());
    }
    return regex;
}

Result<std::vector<Answer>> read_sequence(const JsonMember& member, const std::string& directory) {
    RUNNEL_TRY(
        require_kind(member, JsonValue::Kind::Array, R"([{"status": 500}, {"body": "fine"}])"));
    if (member.value.items.empty()) {
        return wrong(member, "needs at least one answer");
    }
    std::vector<Answer> answers;
    for (const JsonValue& item : member.value.items) {
        RUNNEL_TRY(require(item, JsonValue::Kind::Object,
                           "an answer must be an object such as {\"status\": 500}"));
        RUNNEL_TRY_ASSIGN(Answer answer, read_answer(item, directory));
        answers.push_back(std::move(answer));
    }
    return answers;
}

/// Builds a route from the members of a JSON object.
class RouteReader {
public:
    explicit RouteReader(const std::string& directory)
        : directory_(directory), answer_(directory) {}

    [[nodiscard]] Result<void> take(const JsonMember& member);
    [[nodiscard]] Result<Route> finish(TextPosition where) &&;

private:
    struct Keys;

    const std::string& directory_;
    Route route_;
    AnswerReader answer_;
    std::string answer_key_;      ///< The last key of the route that belongs to an answer, if any.
    TextPosition answer_key_at_;  ///< Its position.
};

struct RouteReader::Keys {
    using Self = RouteReader;
    using Member = JsonMember;

    static constexpr std::array<Key<RouteReader>, 6> all = {{
        {"method",
         [](Self& self, const Member& m) { return store(read_method(m), self.route_.method); }},
        {"host", [](Self& self, const Member& m) { return store(read_host(m), self.route_.host); }},
        {"path", [](Self& self, const Member& m) { return store(read_path(m), self.route_.path); }},
        {"regex",
         [](Self& self, const Member& m) { return store(read_regex(m), self.route_.regex); }},
        {"sequence",
         [](Self& self, const Member& m) {
             return store(read_sequence(m, self.directory_), self.route_.answers);
         }},
        {"repeat",
         [](Self& self, const Member& m) { return store(boolean_of(m), self.route_.repeat); }},
    }};
};

Result<void> RouteReader::take(const JsonMember& member) {
    if (const Key<RouteReader>* key = find_key(Keys::all, member.name)) {
        return key->take(*this, member);
    }
    if (!AnswerReader::has_key(member.name)) {
        return unknown_key(member, names_of(Keys::all) + ", " + AnswerReader::keys());
    }
    answer_key_ = member.name;
    answer_key_at_ = member.where;
    return answer_.take(member);
}

Result<Route> RouteReader::finish(TextPosition where) && {
    if (route_.path.empty() == (route_.regex == nullptr)) {
        return located(where, "a route needs either a \"path\" or a \"regex\"");
    }
    const bool has_sequence = !route_.answers.empty();
    if (has_sequence && !answer_key_.empty()) {
        return located(
            answer_key_at_,
            fmt::format("\"{}\" belongs in the answers of the \"sequence\"", answer_key_));
    }
    if (route_.repeat && !has_sequence) {
        return located(where, "\"repeat\" needs a \"sequence\"");
    }
    if (!has_sequence) {
        RUNNEL_TRY_ASSIGN(Answer answer, std::move(answer_).finish(where));
        route_.answers.push_back(std::move(answer));
    }
    return std::move(route_);
}

Result<Route> read_route(const JsonValue& value, const std::string& directory) {
    RUNNEL_TRY(require(value, JsonValue::Kind::Object,
                       "a route must be an object such as {\"path\": \"/\"}"));
    RouteReader reader(directory);
    for (const JsonMember& member : value.members) {
        RUNNEL_TRY(reader.take(member));
    }
    return std::move(reader).finish(value.where);
}

Result<Routes> read_routes(std::string_view text, const std::string& directory) {
    RUNNEL_TRY_ASSIGN(const JsonValue document, parse_json_document(text));
    RUNNEL_TRY(require(document, JsonValue::Kind::Array,
                       "routes must be an array such as [{\"path\": \"/\"}]"));
    Routes routes;
    for (const JsonValue& value : document.items) {
        RUNNEL_TRY_ASSIGN(Route route, read_route(value, directory));
        routes.push_back(std::move(route));
    }
    return routes;
}

std::string directory_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    return slash == std::string::npos ? "." : file.substr(0, slash);
}

}  // namespace

Result<Routes> parse_routes(std::string_view text, const std::string& name,
                            const std::string& directory) {
    Result<Routes> routes = read_routes(text, directory);
    if (!routes) {
        return bad_input(fmt::format("{}:{}", name, routes.error().message()));
    }
    return routes;
}

Result<Routes> load_routes(const std::string& file) {
    RUNNEL_TRY_ASSIGN(const std::string text, read_file(file));
    return parse_routes(text, file == "-" ? "standard input" : file, directory_of(file));
}

}  // namespace runnel::mock
