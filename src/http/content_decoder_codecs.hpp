#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// The content codings that can be undone.
enum class Coding { Gzip, Deflate, Brotli };

/// Undoes one content coding. Not to be used after a failure.
class Codec {
public:
    Codec() = default;
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;
    virtual ~Codec() = default;

    /// Decodes from \a in, which it moves past what it took, to \a out and gives how many bytes it
    /// wrote. Goes on until \a room is full or \a in is empty; after a full one there may be more
    /// for an empty \a in. Fails with ErrorClass::Decode.
    [[nodiscard]] virtual Result<std::size_t> decode(std::string_view& in, char* out,
                                                     std::size_t room) = 0;
    /// Whether the body may end here.
    [[nodiscard]] virtual bool at_end() const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<Codec> make_codec(Coding coding);
[[nodiscard]] std::string_view to_string(Coding coding) noexcept;

}  // namespace runnel::http
