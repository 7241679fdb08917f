#include "base/out_of_memory.hpp"

#include <cstdlib>
#include <new>

namespace runnel {

namespace {

/// Returns \a memory, which may be null only if \a size is 0.
void* required(void* memory, std::size_t size) noexcept {
    if (memory == nullptr && size > 0) {
        out_of_memory();
    }
    return memory;
}

}  // namespace

void out_of_memory() {
    if (const std::new_handler handler = std::get_new_handler()) {
        handler();
    }
    throw std::bad_alloc();
}

void* allocate(std::size_t size) noexcept { return required(std::malloc(size), size); }

void* allocate_zeroed(std::size_t count, std::size_t size) noexcept {
    return required(std::calloc(count, size), count > 0 ? size : 0);
}

void* reallocate(void* memory, std::size_t size) noexcept {
    return required(std::realloc(memory, size), size);
}

}  // namespace runnel
