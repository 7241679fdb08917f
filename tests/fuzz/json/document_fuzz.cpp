// JSON documents: agreement with RapidJSON, and a round trip through append_json().

#include "json/document.hpp"

#include <algorithm>
#include <string>

#include "base/ensure.hpp"
#include "fuzz/fuzz_text.hpp"
#include "support/rapidjson_accepts.hpp"

namespace runnel {
namespace {

bool same(const JsonValue& a, const JsonValue& b) {
    return a.kind == b.kind && a.truth == b.truth && a.text == b.text &&
           std::ranges::equal(a.items, b.items, same) &&
           std::ranges::equal(a.members, b.members, [](const auto& one, const auto& other) {
               return one.name == other.name && same(one.value, other.value);
           });
}

bool is_before(const TextPosition& a, const TextPosition& b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/// Each value is behind its container, and behind the value before it.
void check_places(const JsonValue& value) {
    TextPosition last = value.where;
    const auto follows = [&last](const JsonValue& next) {
        RUNNEL_ENSURE(is_before(last, next.where), "values in another order");
        last = next.where;
        check_places(next);
    };
    std::ranges::for_each(value.items, follows);
    for (const JsonMember& member : value.members) {
        RUNNEL_ENSURE(is_before(last, member.where), "members in another order");
        last = member.where;
        follows(member.value);
    }
}

void check_document(const JsonValue& document) {
    check_places(document);
    std::string written;
    append_json(document, written);
    const Result<JsonValue> again = parse_json_document(written);
    RUNNEL_ENSURE(again && same(*again, document), "written as another document");
    std::string twice;
    append_json(*again, twice);
    RUNNEL_ENSURE(twice == written, "written twice in different ways");
}

void check(std::string_view text) {
    const std::optional<JsonProblem> problem = find_json_problem(text);
    if (const std::optional<bool> wanted = test::rapidjson_accepts(text)) {
        const bool too_deep = problem && fuzz::contains(problem->reason, "nested");
        RUNNEL_ENSURE(too_deep || !problem.has_value() == *wanted, "RapidJSON disagrees");
    }
    RUNNEL_ENSURE(!problem || (problem->offset <= text.size() && !problem->reason.empty()),
                  "a problem beyond the text");

    const Result<JsonValue> document = parse_json_document(text);
    RUNNEL_ENSURE(!document || !problem, "a document that is not JSON");
    if (document) {
        check_document(*document);
    } else if (!problem) {
        const std::string& why = document.error().message();
        RUNNEL_ENSURE(fuzz::contains(why, "repeated") || fuzz::contains(why, "surrogate"),
                      "JSON is refused for another reason");
    }
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    runnel::check(runnel::fuzz::as_text(data, size));
    return 0;
}
