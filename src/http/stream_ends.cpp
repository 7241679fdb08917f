#include "http/stream_ends.hpp"

#include <charconv>

#include "http/curl_error.hpp"

namespace runnel::http {

namespace {

#if LIBCURL_VERSION_NUM >= 0x080300

int pass_to_follow(CURL* easy, curl_infotype type, char* data, std::size_t size, void* ends) {
    if (type == CURLINFO_TEXT) {
        static_cast<StreamEnds*>(ends)->follow(easy, std::string_view(data, size));
    }
    return 0;
}

bool enable_trace() {
    static const bool enabled = curl_global_trace("http/2") == CURLE_OK;
    return enabled;
}

curl_off_t connection_of(CURL* easy) {
    curl_off_t id = -1;
    curl_easy_getinfo(easy, CURLINFO_CONN_ID, &id);
    return id;
}

#else

curl_off_t connection_of(CURL* /*easy*/) { return -1; }

#endif

bool take_prefix(std::string_view& text, std::string_view prefix) {
    const bool found = text.starts_with(prefix);
    text.remove_prefix(found ? prefix.size() : 0);
    return found;
}

}  // namespace

std::optional<StreamEvent> parse_stream_event(std::string_view line) {
    if (!take_prefix(line, "[HTTP/2] [")) {
        return std::nullopt;
    }
    StreamEvent event;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), event.stream);
    if (error != std::errc() || event.stream < 0) {
        return std::nullopt;
    }
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    if (event.stream == 0) {
        event.kind = StreamEvent::Kind::GoAway;
        return take_prefix(line, "] <- FRAME[GOAWAY") ? std::optional(event) : std::nullopt;
    }
    if (take_prefix(line, "] OPENED stream")) {
        event.kind = StreamEvent::Kind::Opened;
        return event;
    }
    if (!take_prefix(line, "] <- FRAME[")) {
        return std::nullopt;
    }
    event.kind = line.starts_with("HEADERS") ? StreamEvent::Kind::Head : StreamEvent::Kind::Other;
    event.ends = line.find("eos=1") != std::string_view::npos;
    return event;
}

#if LIBCURL_VERSION_NUM >= 0x080300

void StreamEnds::trace(CURL* easy, StreamEnds& ends) {
    if (enable_trace()) {
        require_curl(curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &pass_to_follow),
                     "curl_easy_setopt");
        require_curl(curl_easy_setopt(easy, CURLOPT_DEBUGDATA, &ends), "curl_easy_setopt");
        require_curl(curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L), "curl_easy_setopt");
    }
}

#else

void StreamEnds::trace(CURL* /*easy*/, StreamEnds& /*ends*/) {}

#endif

void StreamEnds::follow(CURL* easy, std::string_view line) {
    const std::optional<StreamEvent> event = parse_stream_event(line);
    if (!event) {
        return;
    }
    const Key key{connection_of(easy), event->stream};
    if (event->kind == StreamEvent::Kind::Opened) {
        // A request that libcurl repeats has another stream.
        static_cast<void>(take(easy));
        of_handle_[easy] = key;
        streams_[key].opened = true;
        return;
    }
    if (event->kind == StreamEvent::Kind::GoAway) {
        for (auto& [stream, end] : streams_) {
            end.gone_away |= stream.connection == key.connection;
        }
        return;
    }
    // Frames of all streams of a connection appear in the trace of the handle that reads them.
    const auto found = streams_.find(key);
    if (found != streams_.end()) {
        found->second.followed |= event->kind == StreamEvent::Kind::Head;
        found->second.ended |= event->ends;
    }
}

StreamEnd StreamEnds::take(CURL* easy) {
    const auto key = of_handle_.extract(easy);
    if (key.empty()) {
        return {};
    }
    const auto end = streams_.extract(key.mapped());
    return end.empty() ? StreamEnd() : end.mapped();
}

}  // namespace runnel::http
