#include "json/structural_index.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/out_of_memory.hpp"
#include "base/utf8.hpp"

namespace runnel {
namespace {

/// Maximum memory kept by release() (bytes of text).
constexpr std::size_t kKept = std::size_t{1} << 20;

/// Finds the first error, because simdjson reports that there is one but not where. Called only for
/// texts that failed.
JsonProblem locate_problem(std::string_view text) {
    const std::size_t valid = valid_utf8_prefix(text);
    if (valid != text.size()) {
        return {"the text is not UTF-8", valid};
    }
    bool in_string = false;
    bool escaped = false;
    std::size_t last_quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (in_string && static_cast<unsigned char>(byte) < 0x20) {
            return {"control character in a string", at};
        }
        if (byte == '"' && !escaped) {
            in_string = !in_string;
            last_quote = at;
        }
        escaped = byte == '\\' && !escaped;
    }
    return {in_string ? "a string has no closing quote" : "a quote is out of place", last_quote};
}

}  // namespace

struct StructuralIndex::FirstStage {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> simdjson;
};

StructuralIndex::StructuralIndex() : stage_(std::make_unique<FirstStage>()) {}
StructuralIndex::~StructuralIndex() = default;

void StructuralIndex::reserve(std::size_t size) {
    const std::size_t before = stage_->simdjson ? stage_->simdjson->capacity() : 0;
    if (stage_->simdjson && size <= before) {
        return;
    }
    // Double the capacity, so that texts of growing length do not allocate each time; untouched
    // memory costs nothing.
    const std::size_t wanted =
        std::min(std::max(size, 2 * before), std::size_t{simdjson::SIMDJSON_MAXSIZE_BYTES});
    constexpr std::size_t kNoDepth = 1;  // of simdjson's second stage, which is not used
    const simdjson::error_code error =
        simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, kNoDepth,
                                                                                stage_->simdjson);
    if (error != simdjson::SUCCESS) {
        out_of_memory();
    }
}

std::optional<JsonProblem> StructuralIndex::build(std::string_view input,
                                                  std::size_t readable_after) {
    if (input.size() > simdjson::SIMDJSON_MAXSIZE_BYTES - simdjson::SIMDJSON_PADDING) {
        return JsonProblem{"the text is longer than 4 GiB", 0};
    }
    text_ = input;
    if (readable_after < simdjson::SIMDJSON_PADDING) {
        padded_.assign(input).append(simdjson::SIMDJSON_PADDING, ' ');
        text_ = std::string_view(padded_).substr(0, input.size());
    }
    reserve(text_.size());

    simdjson::internal::dom_parser_implementation& stage = *stage_->simdjson;
    const simdjson::error_code error =
        stage.stage1(reinterpret_cast<const std::uint8_t*>(text_.data()), text_.size(),
                     simdjson::stage1_mode::regular);
    if (error == simdjson::EMPTY) {
        stage.n_structural_indexes = 0;
    } else if (error != simdjson::SUCCESS) {
        return locate_problem(text_);
    }
    // simdjson allocates space for more tokens, and writes the same value there.
    stage.structural_indexes[stage.n_structural_indexes] = static_cast<std::uint32_t>(text_.size());
    tokens_ = stage.structural_indexes.get();
    return std::nullopt;
}

void StructuralIndex::release() {
    if (stage_->simdjson && stage_->simdjson->capacity() > kKept) {
        stage_->simdjson.reset();
        tokens_ = nullptr;
    }
    if (padded_.capacity() > kKept) {
        padded_ = std::string();
    }
}

std::string simdjson_version() {
    return fmt::format("{}.{}.{}", static_cast<int>(simdjson::SIMDJSON_VERSION_MAJOR),
                       static_cast<int>(simdjson::SIMDJSON_VERSION_MINOR),
                       static_cast<int>(simdjson::SIMDJSON_VERSION_REVISION));
}

}  // namespace runnel
