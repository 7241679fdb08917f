#pragma once

namespace runnel::http {

/// Makes libcurl call out_of_memory() when an allocation fails (base/out_of_memory.hpp). To be
/// called once, before there is another thread.
void require_curl_memory();

}  // namespace runnel::http
