#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/document.hpp"

namespace runnel {

/// A key of a JSON object, with the function of \a Reader that reads its value.
template <class Reader>
struct Key {
    std::string_view name;
    Result<void> (*take)(Reader& reader, const JsonMember& member);
};

template <class Reader, std::size_t Count>
[[nodiscard]] const Key<Reader>* find_key(const std::array<Key<Reader>, Count>& keys,
                                          std::string_view name) noexcept {
    for (const Key<Reader>& key : keys) {
        if (key.name == name) {
            return &key;
        }
    }
    return nullptr;
}

/// Returns the names of \a keys, separated by commas.
template <class Reader, std::size_t Count>
[[nodiscard]] std::string names_of(const std::array<Key<Reader>, Count>& keys) {
    std::string names;
    for (const Key<Reader>& key : keys) {
        names += names.empty() ? "" : ", ";
        names += key.name;
    }
    return names;
}

}  // namespace runnel
