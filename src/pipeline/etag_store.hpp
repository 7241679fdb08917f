#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "http/client.hpp"
#include "http/request.hpp"

namespace runnel {

/// What a response said of the version that it is (RFC 9110, section 8.8).
class CacheValidator {
public:
    enum class Kind { None, ETag, LastModified };

    CacheValidator() = default;
    CacheValidator(Kind what, std::string value) : kind(what), text(std::move(value)) {}

    /// That of a final response: its ETag, else its Last-Modified. None for a status that is not
    /// 2xx, and for a value that is no entity-tag, no text or longer than 512 bytes.
    [[nodiscard]] static CacheValidator of(const http::Response& response);

    friend bool operator==(const CacheValidator&, const CacheValidator&) = default;

    Kind kind = Kind::None;
    std::string text;
};

/// The versions that earlier runs have delivered, so that the next one asks only for what is
/// different.
///
/// A version belongs to a request: GET or HEAD, the URL as it was asked for, the headers that were
/// given for it and the body. Of credentials only counts that there are some: an ETag is that of
/// what they show, and a Last-Modified, which need not be, is not kept then. A request with a
/// condition of its own (If-None-Match and its like) has nothing to do with this.
///
/// What is learnt counts for later runs. So an input that comes twice is delivered twice.
///
/// About 300 bytes for each request in memory, with a URL of 60.
///
/// As text it is one JSON object a line, sorted by URL: `url`, `method`, `variant` (a hash of
/// headers and body, if there are any), `asked` (the URL that gave the version, if a redirect led
/// there), and `etag` or `last_modified`. No secrets: URLs are without user name and password.
class EtagStore {
    struct Entry {
        CacheValidator validator;
        std::string asked;  // empty: the URL of the request
    };

public:
    /// What learn() is told.
    class Lesson {
        friend class EtagStore;
        std::string key;
        Entry entry;
    };

    EtagStore() = default;

    /// Reads \a text, which is empty or what write() gave. Strict: anything else fails with
    /// ErrorClass::BadInput, naming the line.
    [[nodiscard]] static Result<EtagStore> read(std::string_view text);

    /// Makes \a request ask for something newer than what was delivered, if anything was.
    void make_conditional(http::Request& request) const;
    /// What there is to learn when what \a request asked for is delivered, all of it: that it was
    /// the version \a validator, given by the URL \a asked (as Url::redacted()). None: it is not
    /// known, and neither is it of what was delivered before. Nothing for a request that this has
    /// nothing to do with.
    [[nodiscard]] static std::optional<Lesson> lesson(const http::Request& request,
                                                      const std::string& asked,
                                                      const CacheValidator& validator);
    void learn(Lesson lesson);

    /// With what was learnt.
    [[nodiscard]] std::string write() &&;

private:
    class Line;

    /// Of the request: URL, method and variant, with spaces between them.
    std::map<std::string, Entry> known_;
    std::map<std::string, Entry> learnt_;
};

}  // namespace runnel
