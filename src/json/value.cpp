#include "json/value.hpp"

#include "json/cursor.hpp"

namespace runnel {

std::optional<JsonProblem> find_json_problem(std::string_view text) {
    StructuralIndex index;
    if (const std::optional<JsonProblem> problem = index.build(text)) {
        return problem;
    }
    JsonCursor cursor(index);
    cursor.start_document(text.size());
    if (cursor.skip() && cursor.finish_document()) {
        return std::nullopt;
    }
    return cursor.problem();
}

bool is_valid_json(std::string_view text) { return !find_json_problem(text).has_value(); }

}  // namespace runnel
