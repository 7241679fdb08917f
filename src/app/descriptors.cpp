#include "app/descriptors.hpp"

#include "io/descriptor_limit.hpp"

namespace runnel {

namespace {
/// Descriptors for everything that is no connection.
constexpr std::size_t kOtherDescriptors = 32;
}  // namespace

std::size_t room_for_connections() {
    const std::size_t usable = raise_descriptor_limit();
    return usable > kOtherDescriptors ? usable - kOtherDescriptors : 1;
}

}  // namespace runnel
