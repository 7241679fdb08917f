#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "http/client.hpp"
#include "http/request.hpp"

namespace runnel {

/// The validator of a response (RFC 9110, section 8.8): what identifies its version.
class CacheValidator {
public:
    enum class Kind { None, ETag, LastModified };

    CacheValidator() = default;
    CacheValidator(Kind what, std::string value) : kind(what), text(std::move(value)) {}

    /// Returns the ETag of a final response, or else its Last-Modified. Returns Kind::None for a
    /// status other than 2xx, and for a value that is not an entity-tag, not plain text or longer
    /// than 512 bytes.
    [[nodiscard]] static CacheValidator of(const http::Response& response);

    friend bool operator==(const CacheValidator&, const CacheValidator&) = default;

    Kind kind = Kind::None;
    std::string text;
};

/// The versions that earlier runs delivered, so that the next run fetches only what has changed.
///
/// A version belongs to a request: GET or HEAD, the URL as given, its headers and its body.
/// Credentials count only by their presence. With credentials a Last-Modified is not stored,
/// because, unlike an ETag, it does not identify the content that they gave access to. Requests
/// with a condition of their own (If-None-Match and similar) are not changed.
///
/// New versions take effect in later runs, so an input that is repeated is delivered twice.
///
/// Uses about 300 bytes of memory for each request, with a URL of 60 bytes.
///
/// As text it is one JSON object per line, sorted by URL: `url`, `method`, `variant` (a hash of
/// headers and body, if any), `asked` (the URL that returned the version, after a redirect), `file`
/// (where it was written to, if it was), and `etag` or `last_modified`. It contains no secrets:
/// user names and passwords in URLs are replaced by `***`.
class EtagStore {
    struct Entry {
        CacheValidator validator;
        std::string asked;  // empty for the URL of the request
        std::string file;   // of `-o`; empty if there was none
    };

public:
    /// An update for learn().
    class Lesson {
        friend class EtagStore;
        std::string key;
        Entry entry;
    };

    EtagStore() = default;

    /// Parses \a text, which is empty or the result of write(). Anything else fails with
    /// ErrorClass::BadInput; the message names the line.
    [[nodiscard]] static Result<EtagStore> read(std::string_view text);

    /// Adds the condition to \a request that fetches only a newer version than the one delivered,
    /// if there is one.
    void make_conditional(http::Request& request) const;
    /// Returns the update to learn() after the response to \a request was delivered completely: its
    /// version is \a validator, returned by the URL \a asked (as Url::redacted()), and is in \a
    /// file, which may be empty. A validator of Kind::None removes the stored version. Returns
    /// nullopt for requests that cannot be conditional.
    [[nodiscard]] static std::optional<Lesson> lesson(const http::Request& request,
                                                      const std::string& asked,
                                                      const CacheValidator& validator,
                                                      const std::string& file = "");
    /// Calls \a use with each file in the store and the URL that it belongs to.
    void for_each_file(
        const std::function<void(std::string_view file, std::string_view url)>& use) const;
    void learn(Lesson lesson);

    /// Returns the text for the next run, with all updates.
    [[nodiscard]] std::string write() &&;

private:
    class Line;

    /// By request: URL, method and variant, separated by spaces.
    std::map<std::string, Entry> known_;
    std::map<std::string, Entry> learnt_;
};

}  // namespace runnel
