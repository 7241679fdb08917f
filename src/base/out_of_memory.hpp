#pragma once

#include <cstddef>

namespace runnel {

/// To be called when an allocation has failed that was not made by operator new. Calls the new
/// handler, which ends the process in the program runnel. Throws std::bad_alloc if there is none,
/// as in programs that embed the library.
[[noreturn]] void out_of_memory();

// malloc(), calloc() and realloc() that call out_of_memory() instead of returning null. For
// libraries in C that call them for all their memory, once there is a new handler.

[[nodiscard]] void* allocate(std::size_t size) noexcept;
[[nodiscard]] void* allocate_zeroed(std::size_t count, std::size_t size) noexcept;
[[nodiscard]] void* reallocate(void* memory, std::size_t size) noexcept;

}  // namespace runnel
