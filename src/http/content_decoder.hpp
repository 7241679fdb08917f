#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runnel::http {

/// At most so many bytes come out of ContentDecoder::next() at once.
inline constexpr std::size_t kDecodedChunk = std::size_t{64} << 10;

/// Undoes the Content-Encoding of one body, piece by piece as the reader asks for it:
///
///     decoder.feed(compressed);
///     while (true) {
///         const Result<std::string_view> piece = decoder.next();
///         if (!piece.ok() || piece->empty()) { ... }
///     }
///
/// Not left to libcurl, which decodes a whole network read inside its write callback: 16 KiB of a
/// body that grows a thousandfold are 16 MB at once, whatever the reader does. Here a reader who
/// stops asking holds back compressed bytes only. And libcurl 7.88 takes a gzip body that ends too
/// early for a complete one.
///
/// Memory: per coding a 64 KiB buffer and the state of the library, about 40 KB for gzip and
/// deflate, for br the window that the sender chose (up to 16 MiB); from the first byte on.
///
/// Failures are ErrorClass::Decode with the code CURLE_BAD_CONTENT_ENCODING; after one, every call
/// fails in the same way.
///
/// - gzip: members may follow each other; a check sum guards the content. Of the header only what
///   says how to read on is checked. What follows the last member is ignored, as by gzip(1). What
///   is called gzip may be a zlib stream, as with curl.
/// - deflate: in a zlib wrapper, as it should be, or without one, as some servers have it. Without
///   one nothing tells a changed byte. What follows the stream is ignored: some servers put a check
///   sum there.
/// - br: no check sum; bytes after the stream are an error, being the only sign of damage.
class ContentDecoder {
public:
    /// \a content_encoding: the header's value, tokens in the order in which they were applied; may
    /// be empty. Knows gzip, x-gzip, deflate, br, identity and none, five at most.
    [[nodiscard]] static Result<ContentDecoder> make(std::string_view content_encoding);

    ContentDecoder(ContentDecoder&& other) noexcept;
    ContentDecoder& operator=(ContentDecoder&& other) noexcept;
    ContentDecoder(const ContentDecoder&) = delete;
    ContentDecoder& operator=(const ContentDecoder&) = delete;
    ~ContentDecoder();

    /// Nothing to undo: next() gives slices of what was fed.
    [[nodiscard]] bool identity() const noexcept;

    /// More of the body. It must stay where it is until next() has given an empty view, and only
    /// then may more be fed.
    void feed(std::string_view compressed);
    /// The next piece of decoded body, at most kDecodedChunk bytes, valid until the next call.
    /// Empty: all that was fed is consumed.
    [[nodiscard]] Result<std::string_view> next();
    /// The body is complete, and next() gave an empty view. Fails if it ends in the middle of a
    /// stream; a body without any byte is fine.
    [[nodiscard]] Result<void> finish();

private:
    class Layer;

    ContentDecoder();

    Result<std::string_view> pull(std::size_t index);
    Result<std::string_view> input_of(std::size_t index);

    std::vector<Layer> layers_;  ///< In the order in which they are undone.
    std::string_view input_;
    std::size_t fruitless_ = 0;  ///< Bytes between layers since anything came out of the last one.
    std::optional<Error> failure_;
};

}  // namespace runnel::http
