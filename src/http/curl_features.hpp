#pragma once

namespace runnel::http {

/// Whether the libcurl in use supports HTTP/2.
[[nodiscard]] bool has_http2();

/// Whether it can pause one HTTP/2 response without stopping its connection. Versions before 8.1
/// cannot.
[[nodiscard]] bool has_independent_streams();

/// Whether a body callback that returns CURL_WRITEFUNC_PAUSE pauses the transfer without further
/// cost: libcurl keeps the rest of one read and does not run the transfer again. Versions before
/// 8.7 keep data without a limit. With later ones curl_easy_pause() alone is not enough: 8.14 runs
/// a transfer that was paused by it again and again while data waits in its socket.
[[nodiscard]] bool has_pausing_callback();

}  // namespace runnel::http
