#pragma once

namespace runnel::http {

/// Whether the libcurl in use supports HTTP/2.
[[nodiscard]] bool has_http2();

/// Whether it detects every truncated HTTP/2 body, and can pause one response without stopping its
/// connection. Versions before 8.1 do neither.
[[nodiscard]] bool has_sound_http2();

}  // namespace runnel::http
