#pragma once

namespace runnel {

/// Stops the program when a libuv call failed that can fail only through a bug or for want of
/// memory.
void require_uv(int status, const char* call);

}  // namespace runnel
