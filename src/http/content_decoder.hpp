#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runnel::http {

/// Maximum size of the result of ContentDecoder::next() (bytes).
inline constexpr std::size_t kDecodedChunk = std::size_t{64} << 10;

/// Whether a body with these headers is a file that is compressed in the coding by itself, such as
/// `x.tar.gz` with `Content-Encoding: gzip`: some servers announce its format as a coding. \a url:
/// its path names the file.
[[nodiscard]] bool is_compressed_file(std::string_view content_encoding,
                                      std::string_view media_type, std::string_view url);

/// Decodes the Content-Encoding of one body, piece by piece on demand:
///
///     decoder.feed(compressed);
///     while (true) {
///         const Result<std::string_view> piece = decoder.next();
///         if (!piece.ok() || piece->empty()) { ... }
///     }
///
/// libcurl's decoding is not used, because it decodes a whole network read inside its write
/// callback: 16 KiB of a body that expands a thousandfold are 16 MB at once. Here a paused reader
/// buffers compressed bytes only. libcurl 7.88 also accepts a truncated gzip body as complete.
///
/// Memory per coding, from the first byte on: a 64 KiB buffer and the state of the library, which
/// is about 40 KB for gzip and deflate, and for br and zstd the window that the sender chose (up to
/// 16 and 8 MiB).
///
/// Failures are ErrorClass::Decode with the code CURLE_BAD_CONTENT_ENCODING; after one, every call
/// fails with the same error.
///
/// - gzip: may have several members; a checksum protects the content. Zeros after the last member
///   are ignored. A zlib stream is accepted as well, as by curl.
/// - deflate: with a zlib wrapper, or without one, as some servers send it. Without one there is no
///   checksum.
/// - br: no checksum.
/// - zstd: may have several frames; a checksum is optional. Windows up to 8 MiB.
///
/// Data after the end are an error in all of them: where there is no checksum they are the only
/// sign of damage.
class ContentDecoder {
public:
    /// Makes a decoder for \a content_encoding, the value of the header, which may be empty.
    /// Supports gzip, x-gzip, deflate, br, zstd, identity and none, at most five of them.
    [[nodiscard]] static Result<ContentDecoder> make(std::string_view content_encoding);

    ContentDecoder(ContentDecoder&& other) noexcept;
    ContentDecoder& operator=(ContentDecoder&& other) noexcept;
    ContentDecoder(const ContentDecoder&) = delete;
    ContentDecoder& operator=(const ContentDecoder&) = delete;
    ~ContentDecoder();

    /// Whether there is nothing to decode: next() returns slices of the input.
    [[nodiscard]] bool identity() const noexcept;

    /// Returns how much memory the windows of brotli and zstd may take for a body that begins with
    /// \a begin, which must not be empty. 0 without them.
    [[nodiscard]] std::size_t windows(std::string_view begin) const noexcept;

    /// Sets the next input. It must stay valid, and this must not be called again, until next()
    /// has returned an empty view.
    void feed(std::string_view compressed);
    /// Returns the next piece of the decoded body, at most kDecodedChunk bytes, valid until the
    /// next call. Empty when the input is consumed.
    [[nodiscard]] Result<std::string_view> next();
    /// Checks the end of the body, after next() has returned an empty view. Fails in the middle of
    /// a stream; an empty body is valid.
    [[nodiscard]] Result<void> finish();

private:
    class Layer;

    ContentDecoder();

    Result<std::string_view> pull(std::size_t index);
    Result<std::string_view> input_of(std::size_t index);

    std::vector<Layer> layers_;  ///< In the order of decoding.
    std::string_view input_;
    std::size_t unproductive_ = 0;  ///< Bytes between layers since the last decoded output.
    std::optional<Error> failure_;
};

}  // namespace runnel::http
