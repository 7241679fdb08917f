#pragma once

namespace runnel::http {

/// What the libcurl that is loaded can do.
[[nodiscard]] bool has_http2();

/// Whether it notices every HTTP/2 body that ends too early, and can pause one response without
/// stopping all of its connection. Before 8.1 it does neither.
[[nodiscard]] bool has_sound_http2();

}  // namespace runnel::http
