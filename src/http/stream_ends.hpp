#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace runnel::http {

/// How an HTTP/2 response ended, as far as StreamEnds could follow it.
struct StreamEnd {
    bool opened = false;     ///< its request was seen in the trace
    bool followed = false;   ///< its headers were seen in the trace
    bool ended = false;      ///< a frame had the flag END_STREAM
    bool gone_away = false;  ///< the server sent GOAWAY meanwhile
};

/// One line of libcurl's trace of an HTTP/2 connection.
struct StreamEvent {
    enum class Kind { Opened, Head, GoAway, Other };
    std::int32_t stream = 0;  ///< 0 for GoAway, which is about all streams.
    Kind kind = Kind::Other;
    bool ends = false;
};

/// Returns what \a line says of a stream; nothing if it is not about one.
[[nodiscard]] std::optional<StreamEvent> parse_stream_event(std::string_view line);

/// Follows libcurl's trace of HTTP/2 to learn whether the server ended a response or gave it up.
///
/// libcurl (seen with 8.14) takes a stream that the server resets with the code NO_ERROR for a
/// complete response, in the middle of a body as well, and reports GOAWAY like invalid frames; only
/// its trace shows the difference. The trace exists since 8.3; if its lines are not recognised,
/// nothing is followed.
class StreamEnds {
public:
    /// Lets libcurl pass the trace of \a easy to follow() of \a ends, which must outlive it. Does
    /// nothing if libcurl has no such trace.
    static void trace(CURL* easy, StreamEnds& ends);

    /// Notes one line of the trace of \a easy.
    void follow(CURL* easy, std::string_view line);
    /// Returns how the response of \a easy ended, and forgets it.
    [[nodiscard]] StreamEnd take(CURL* easy);

private:
    struct Key {
        curl_off_t connection = 0;
        std::int32_t stream = 0;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const noexcept {
            return std::hash<curl_off_t>()(key.connection * 0x9E3779B1 + key.stream);
        }
    };

    std::unordered_map<Key, StreamEnd, Hash> streams_;
    std::unordered_map<CURL*, Key> of_handle_;
};

}  // namespace runnel::http
