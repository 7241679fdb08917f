#include "json/extract.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "json/escape.hpp"

namespace runnel {
namespace {

/// Size of the slices in which lines are indexed (bytes), so that text and index stay in the cache.
constexpr std::size_t kSlice = std::size_t{64} << 10;

/// Number of bytes that must be readable after a slice to index it without a copy.
constexpr std::size_t kPadding = 64;

Error extract_error(std::string message) { return Error(ErrorClass::Extract, std::move(message)); }

/// \a begin is the offset of the document in the text.
Error not_json(const JsonProblem& problem, std::size_t begin) {
    return extract_error(
        fmt::format("not JSON: {} (at byte {})", problem.reason, problem.offset - begin + 1));
}

Error in_line(const Error& error, const Extractor::Lines& lines) {
    return extract_error(fmt::format("line {}: {}", lines.count, error.message()));
}

std::string_view first_line(std::string_view text) {
    const std::size_t newline = text.find('\n');
    return newline == std::string_view::npos ? text : text.substr(0, newline + 1);
}

/// Returns whole lines from the front of \a text: as many as fit in a slice and leave the padding
/// after them. The last lines of a block are a slice of their own, which is copied.
std::string_view first_slice(std::string_view text) {
    if (text.size() <= kPadding) {
        return text;
    }
    const std::size_t most = std::min(kSlice, text.size() - kPadding);
    const std::size_t newline = text.rfind('\n', most - 1);
    return newline == std::string_view::npos ? first_line(text) : text.substr(0, newline + 1);
}

}  // namespace

void append_field(std::string& out, std::string_view text) {
    for (const char byte : text) {
        switch (byte) {
            case '\t': out += "\\t"; break;
            case '\n': out += "\\n"; break;
            case '\\': out += "\\\\"; break;
            default: out += byte; break;
        }
    }
}

Extractor::Extractor(std::vector<JsonPointer> pointers, std::optional<std::string> missing)
    : pointers_(std::move(pointers)), missing_(std::move(missing)), targets_(1) {
    RUNNEL_ENSURE(!pointers_.empty(), "an Extractor without pointers");
    for (const JsonPointer& pointer : pointers_) {
        wanted_.push_back(&target_of(pointer));
    }
}

Extractor::Target& Extractor::target_of(const JsonPointer& pointer) {
    Target* target = &targets_.front();
    for (const std::string& token : pointer.tokens()) {
        const auto known =
            std::find_if(target->children.begin(), target->children.end(),
                         [&token](const Target* child) { return child->token == token; });
        if (known != target->children.end()) {
            target = *known;
            continue;
        }
        Target& child = targets_.emplace_back();
        child.token = token;
        child.index = array_index(token);
        target->children.push_back(&child);
        target = &child;
    }
    return *target;
}

bool Extractor::walk(JsonCursor& cursor, Target& target) {
    target.begin = cursor.mark();
    const char kind = target.children.empty() ? '\0' : cursor.peek();
    const bool passed = kind == '{'   ? walk_members(cursor, target)
                        : kind == '[' ? walk_elements(cursor, target)
                                      : cursor.skip();
    target.end = cursor.mark();
    return passed;
}

bool Extractor::walk_members(JsonCursor& cursor, const Target& target) {
    return cursor.members([&](std::string_view key) {
        if (cursor.has_escapes()) {
            unescaped_.clear();
            // A key with an unpaired surrogate matches no pointer.
            key = append_unescaped(unescaped_, key) ? std::string_view(unescaped_) : "\xff";
        }
        for (Target* const child : target.children) {
            if (child->begin == nullptr && child->token == key) {
                return walk(cursor, *child);
            }
        }
        return cursor.skip();
    });
}

bool Extractor::walk_elements(JsonCursor& cursor, const Target& target) {
    std::size_t index = 0;
    return cursor.elements([&] {
        for (Target* const child : target.children) {
            if (child->index == index) {
                ++index;
                return walk(cursor, *child);
            }
        }
        ++index;
        return cursor.skip();
    });
}

Result<void> Extractor::append_value(const JsonCursor& cursor, std::size_t at, std::string& out) {
    const Target& target = *wanted_[at];
    if (target.begin == nullptr && missing_) {
        append_field(out, *missing_);
        return {};
    }
    if (target.begin == nullptr) {
        return extract_error(fmt::format("no value at \"{}\"", pointers_[at].text()));
    }
    std::string_view text = cursor.text_between(target.begin, target.end);
    if (text.front() == '{' || text.front() == '[') {
        cursor.append_compact(out, target.begin, target.end);
        return {};
    }
    if (text.front() != '"') {
        out.append(text);
        return {};
    }
    text = text.substr(1, text.size() - 2);
    if (text.find('\\') == std::string_view::npos) {
        out.append(text);
        return {};
    }
    unescaped_.clear();
    if (!append_unescaped(unescaped_, text)) {
        return extract_error(fmt::format("the string at \"{}\" contains an unpaired surrogate",
                                         pointers_[at].text()));
    }
    append_field(out, unescaped_);
    return {};
}

/// Appends the values of the document that \a cursor is at. Leaves \a out unchanged on failure.
Result<void> Extractor::take_document(JsonCursor& cursor, std::size_t begin, std::string& out) {
    for (Target& target : targets_) {
        target.begin = nullptr;
    }
    if (!walk(cursor, targets_.front()) || !cursor.finish_document()) {
        return not_json(cursor.problem(), begin);
    }
    const std::size_t before = out.size();
    for (std::size_t at = 0; at < wanted_.size(); ++at) {
        if (at > 0) {
            out += '\t';
        }
        if (Result<void> appended = append_value(cursor, at, out); !appended) {
            out.resize(before);
            return appended;
        }
    }
    return {};
}

Result<void> Extractor::extract(std::string_view document, std::string& out) {
    document = without_byte_order_mark(document);
    if (const std::optional<JsonProblem> problem = index_.build(document)) {
        return not_json(*problem, 0);
    }
    JsonCursor cursor(index_);
    cursor.start_document(document.size());
    Result<void> taken = cursor.at_end() ? extract_error("not JSON: the body is empty")
                                         : take_document(cursor, 0, out);
    index_.release();
    return taken;
}

Result<void> Extractor::extract_lines(std::string_view block, Lines& lines, std::string& out) {
    if (lines.count == 0) {
        block = without_byte_order_mark(block);
    }
    Result<void> taken;
    while (taken && !block.empty()) {
        const std::string_view slice = first_slice(block);
        block.remove_prefix(slice.size());
        taken = take_slice(slice, block.size(), lines, out);
    }
    index_.release();
    return taken;
}

Result<void> Extractor::take_slice(std::string_view slice, std::size_t readable_after, Lines& lines,
                                   std::string& out) {
    if (!index_.build(slice, readable_after)) {
        return take_indexed_lines(lines, out);
    }
    // The index of a slice fails as a whole. Index its lines one by one, because those before the
    // bad line must be printed.
    while (!slice.empty()) {
        const std::string_view line = first_line(slice);
        slice.remove_prefix(line.size());
        if (const auto problem = index_.build(line, readable_after + slice.size())) {
            ++lines.count;
            return in_line(not_json(*problem, 0), lines);
        }
        RUNNEL_TRY(take_indexed_lines(lines, out));
    }
    return {};
}

Result<void> Extractor::take_indexed_lines(Lines& lines, std::string& out) {
    const std::string_view text = index_.text();
    JsonCursor cursor(index_);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        ++lines.count;
        cursor.start_document(end);
        if (!cursor.at_end()) {
            const std::size_t before = out.size();
            out += lines.prefix;
            if (const Result<void> taken = take_document(cursor, begin, out); !taken) {
                out.resize(before);
                return in_line(taken.error(), lines);
            }
            out += '\n';
        }
        begin = end + 1;
    }
    return {};
}

}  // namespace runnel
