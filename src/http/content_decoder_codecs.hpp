#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// The supported content codings.
enum class Coding { Gzip, Deflate, Brotli, Zstd };

/// Decodes one content coding. Must not be used after a failure.
class Codec {
public:
    Codec() = default;
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;
    virtual ~Codec() = default;

    /// Decodes \a in to \a out, removes the consumed prefix from \a in and returns the number of
    /// bytes written. Stops when \a capacity is used up or \a in is empty; in the first case more
    /// output may follow for an empty \a in. Fails with ErrorClass::Decode.
    [[nodiscard]] virtual Result<std::size_t> decode(std::string_view& in, char* out,
                                                     std::size_t capacity) = 0;
    /// Whether the input so far is complete.
    [[nodiscard]] virtual bool at_end() const noexcept = 0;
};

/// Maximum size of the window of a codec (bytes).
inline constexpr std::size_t kMaxWindow = std::size_t{16} << 20;
/// Returns the size of the window that brotli uses for data that begin with \a first (RFC 7932,
/// section 9.1).
[[nodiscard]] std::size_t brotli_window(char first) noexcept;

/// Maximum size of the window of zstd (bytes; RFC 9659). A body that needs more is an error.
inline constexpr std::size_t kMaxZstdWindow = std::size_t{8} << 20;
/// Returns the size of the window of the zstd frame that \a begin starts with (RFC 8878, section
/// 3.1.1.1); kMaxZstdWindow if that is not known yet.
[[nodiscard]] std::size_t zstd_window(std::string_view begin) noexcept;

[[nodiscard]] std::unique_ptr<Codec> make_codec(Coding coding);
[[nodiscard]] std::string_view to_string(Coding coding) noexcept;

}  // namespace runnel::http
