#include "pipeline/etag_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/fnv.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "json/document.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

using Kind = CacheValidator::Kind;

constexpr std::size_t kMaxValidator = 512;

/// An entity-tag (RFC 9110, section 8.8.3) in UTF-8, because the store is JSON.
bool is_entity_tag(std::string_view text) {
    if (text.starts_with("W/")) {
        text.remove_prefix(2);
    }
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return false;
    }
    const std::string_view inside = text.substr(1, text.size() - 2);
    return is_valid_utf8(inside) && std::none_of(inside.begin(), inside.end(), [](char c) {
               return is_ascii_control(c) || c == ' ' || c == '"';
           });
}

bool is_plain_text(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_sound(const CacheValidator& validator) {
    switch (validator.kind) {
        case Kind::None: return true;
        case Kind::ETag:
            return validator.text.size() <= kMaxValidator && is_entity_tag(validator.text);
        case Kind::LastModified:
            return validator.text.size() <= kMaxValidator && is_plain_text(validator.text);
    }
    return false;
}

bool may_be_conditional(const http::Request& request) {
    constexpr std::array kConditions = {"If-None-Match", "If-Modified-Since", "If-Match",
                                        "If-Unmodified-Since", "If-Range"};
    return (request.method == "GET" || request.method == "HEAD") &&
           is_valid_utf8(request.url.text()) &&
           std::none_of(kConditions.begin(), kConditions.end(), [&request](const char* name) {
               return http::has_header(request.headers, name);
           });
}

bool has_credentials(const http::Request& request) {
    return request.url.redacted() != request.url.text() ||
           std::any_of(request.headers.begin(), request.headers.end(),
                       [](const std::string& header) {
                           return http::is_credential(http::header_name(header));
                       });
}

/// Returns a hash of the other parts of a request that determine the response; empty if there are
/// none.
std::string variant_of(const http::Request& request) {
    std::string text;
    for (const std::string& header : request.headers) {
        text += lower_case(http::header_name(header));
        const bool secret = http::is_credential(http::header_name(header));
        text += fmt::format(":{}\n", secret ? "" : http::header_value(header));
    }
    text += request.body;
    return text.empty() ? text : fmt::format("{:016x}", fnv1a(text));
}

std::string key_of(std::string_view url, std::string_view method, std::string_view variant) {
    return fmt::format("{} {} {}", url, method, variant);
}

std::string key_of(const http::Request& request) {
    return key_of(request.url.redacted(), request.method, variant_of(request));
}

}  // namespace

CacheValidator CacheValidator::of(const http::Response& response) {
    if (response.status() / 100 != 2) {
        return {};
    }
    for (const auto& [kind, name] :
         {std::pair(Kind::ETag, "ETag"), std::pair(Kind::LastModified, "Last-Modified")}) {
        CacheValidator validator(kind, response.header(name).value_or(""));
        if (is_sound(validator)) {
            return validator;
        }
    }
    return {};
}

/// A line of the text while it is read.
class EtagStore::Line {
public:
    /// Reads \a text. Returns the problem, or an empty text on success.
    std::string read(std::string_view text) {
        Result<JsonValue> json = parse_json_document(text);
        if (!json) {
            return json.error().message();
        }
        if (json->kind != JsonValue::Kind::Object) {
            return "not an object";
        }
        for (JsonMember& member : json->members) {
            std::string* const value = member_of(member.name);
            if (value == nullptr || member.value.kind != JsonValue::Kind::String) {
                return fmt::format("unexpected \"{}\"", member.name);
            }
            *value = std::move(member.value.text);
        }
        return is_whole() ? "" : "not a version of a response";
    }
    [[nodiscard]] std::string key() const { return key_of(url_, method_, variant_); }
    [[nodiscard]] Entry entry() && {
        const Kind kind = etag_.empty() ? Kind::LastModified : Kind::ETag;
        return Entry{CacheValidator(kind, std::move(etag_.empty() ? last_modified_ : etag_)),
                     std::move(asked_), std::move(file_)};
    }

private:
    std::string* member_of(std::string_view name) {
        const std::array<std::pair<std::string_view, std::string*>, 7> members = {
            {{"url", &url_},
             {"method", &method_},
             {"variant", &variant_},
             {"asked", &asked_},
             {"file", &file_},
             {"etag", &etag_},
             {"last_modified", &last_modified_}}};
        const auto* const found =
            std::find_if(members.begin(), members.end(),
                         [name](const auto& member) { return member.first == name; });
        return found == members.end() ? nullptr : found->second;
    }
    [[nodiscard]] bool is_whole() const {
        const bool is_url = !url_.empty() && std::none_of(url_.begin(), url_.end(), [](char c) {
            return c == ' ' || is_ascii_control(c);
        });
        const bool is_variant = variant_.empty() || is_token(variant_);
        const bool is_tag = is_sound(CacheValidator(Kind::ETag, etag_));
        const bool is_date = is_sound(CacheValidator(Kind::LastModified, last_modified_));
        return is_url && is_token(method_) && is_variant &&
               (etag_.empty() ? is_date : is_tag && last_modified_.empty());
    }

    std::string url_;
    std::string method_;
    std::string variant_;
    std::string asked_;
    std::string file_;
    std::string etag_;
    std::string last_modified_;
};

Result<EtagStore> EtagStore::read(std::string_view text) {
    EtagStore store;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        Line line;
        const std::string problem = end == std::string_view::npos ? "the line is incomplete"
                                                                  : line.read(text.substr(0, end));
        if (!problem.empty()) {
            return bad_input(fmt::format("line {}: {}", number, problem));
        }
        std::string key = line.key();
        store.known_.insert_or_assign(std::move(key), std::move(line).entry());
        text.remove_prefix(end + 1);
    }
    return store;
}

void EtagStore::make_conditional(http::Request& request) const {
    if (!may_be_conditional(request)) {
        return;
    }
    const auto found = known_.find(key_of(request));
    if (found == known_.end()) {
        return;
    }
    const Entry& entry = found->second;
    const bool is_tag = entry.validator.kind == Kind::ETag;
    request.condition.emplace(entry.asked.empty() ? request.url.redacted() : entry.asked,
                              fmt::format("{}: {}", is_tag ? "If-None-Match" : "If-Modified-Since",
                                          entry.validator.text));
}

std::optional<EtagStore::Lesson> EtagStore::lesson(const http::Request& request,
                                                   const std::string& asked,
                                                   const CacheValidator& validator,
                                                   const std::string& file) {
    if (!may_be_conditional(request) || !is_valid_utf8(asked)) {
        return std::nullopt;
    }
    const bool ambiguous = validator.kind == Kind::LastModified && has_credentials(request);
    Lesson lesson;
    lesson.key = key_of(request);
    lesson.entry.validator = ambiguous ? CacheValidator() : validator;
    lesson.entry.asked = asked == request.url.redacted() ? "" : asked;
    lesson.entry.file = is_valid_utf8(file) ? file : "";
    return lesson;
}

void EtagStore::for_each_file(
    const std::function<void(std::string_view file, std::string_view url)>& use) const {
    for (const auto& [key, entry] : known_) {
        if (!entry.file.empty()) {
            use(entry.file, std::string_view(key).substr(0, key.find(' ')));
        }
    }
}

void EtagStore::learn(Lesson lesson) {
    learnt_.insert_or_assign(std::move(lesson.key), std::move(lesson.entry));
}

std::string EtagStore::write() && {
    for (auto& [key, entry] : learnt_) {
        known_.insert_or_assign(key, std::move(entry));
    }
    std::string text;
    for (const auto& [key, entry] : known_) {
        if (entry.validator.kind == Kind::None) {
            continue;
        }
        const std::size_t url_end = key.find(' ');
        const std::size_t method_end = key.find(' ', url_end + 1);
        JsonObjectWriter line(text);
        line.member("url", key.substr(0, url_end));
        line.member("method", key.substr(url_end + 1, method_end - url_end - 1));
        if (method_end + 1 < key.size()) {
            line.member("variant", key.substr(method_end + 1));
        }
        if (!entry.asked.empty()) {
            line.member("asked", entry.asked);
        }
        if (!entry.file.empty()) {
            line.member("file", entry.file);
        }
        const bool is_tag = entry.validator.kind == Kind::ETag;
        line.member(is_tag ? std::string_view("etag") : "last_modified", entry.validator.text);
        line.end_line();
    }
    return text;
}

}  // namespace runnel
