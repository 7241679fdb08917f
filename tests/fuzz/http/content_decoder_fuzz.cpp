// Content decoders: the size of the pieces that arrive makes no difference, pieces are bounded, a
// failure stays, and what zlib compresses is decoded to the same. The first line is the
// Content-Encoding, the next byte the size of the pieces, the rest the body.

#include "http/content_decoder.hpp"

#include <algorithm>
#include <string>

// Lets zlib promise not to write to its input.
#define ZLIB_CONST
#include <zlib.h>

#include "base/ensure.hpp"
#include "fuzz/fuzz_text.hpp"

namespace runnel::http {
namespace {

/// Enough for the bodies here; more is a bomb, of which the beginning suffices.
constexpr std::size_t kMaxDecoded = std::size_t{4} << 20;

struct Decoded {
    std::string body;
    bool complete = false;  ///< Decoded to the end, without failure.
    bool cut = false;       ///< Longer than kMaxDecoded.
};

/// Takes all pieces of what was fed last. Returns false to stop.
bool take_pieces(ContentDecoder& decoder, Decoded& decoded) {
    while (true) {
        const Result<std::string_view> piece = decoder.next();
        if (!piece) {
            const Result<std::string_view> again = decoder.next();
            RUNNEL_ENSURE(!again && again.error().message() == piece.error().message(),
                          "the failure does not stay");
            RUNNEL_ENSURE(piece.error().error_class() == ErrorClass::Decode, "another class");
            return false;
        }
        if (piece->empty()) {
            return true;
        }
        RUNNEL_ENSURE(piece->size() <= kDecodedChunk, "a piece is too large");
        decoded.body += *piece;
        decoded.cut = decoded.body.size() > kMaxDecoded;
        if (decoded.cut) {
            return false;
        }
    }
}

Decoded decode(std::string_view coding, std::string_view body, std::size_t size) {
    Decoded decoded;
    Result<ContentDecoder> decoder = ContentDecoder::make(coding);
    bool going = decoder.ok();
    while (going && !body.empty()) {
        const std::string_view piece = body.substr(0, size);
        body.remove_prefix(piece.size());
        decoder->feed(piece);
        going = take_pieces(*decoder, decoded);
    }
    decoded.complete = going && decoder->finish();
    return decoded;
}

/// Compresses \a body as \a window_bits says: see deflateInit2().
std::string compressed(std::string_view body, int window_bits) {
    z_stream stream = {};
    RUNNEL_ENSURE(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK,
                  "deflateInit2");
    std::string out(deflateBound(&stream, body.size()), '\0');
    stream.next_in = reinterpret_cast<const Bytef*>(body.data());
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    RUNNEL_ENSURE(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate");
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

void check_any(std::string_view coding, std::string_view body, std::size_t size) {
    const Decoded whole = decode(coding, body, body.size());
    const Decoded pieces = decode(coding, body, size);
    if (whole.cut || pieces.cut) {
        return;
    }
    const std::size_t common = std::min(whole.body.size(), pieces.body.size());
    RUNNEL_ENSURE(whole.body.compare(0, common, pieces.body, 0, common) == 0, "another body");
    // The limit of what may decode to nothing is for each call.
    const bool stacked = fuzz::contains(coding, ",");
    RUNNEL_ENSURE(stacked || whole.complete == pieces.complete, "another end");
    RUNNEL_ENSURE(!whole.complete || !pieces.complete || whole.body == pieces.body,
                  "another length");
}

void check_compressed(std::string_view coding, int window_bits, std::string_view body,
                      std::size_t size) {
    const std::string packed = compressed(body, window_bits);
    const Decoded decoded = decode(coding, packed, size);
    RUNNEL_ENSURE(decoded.complete && decoded.body == body, "not what was compressed");
    const std::size_t lost = std::min(packed.size(), 1 + size % 4);
    const std::string_view torn = std::string_view(packed).substr(0, packed.size() - lost);
    RUNNEL_ENSURE(torn.empty() || !decode(coding, torn, size).complete, "truncated but complete");
}

}  // namespace
}  // namespace runnel::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace runnel;
    std::string_view text = fuzz::as_text(data, size);
    const std::string_view coding = fuzz::take_line(text);
    const std::size_t piece = fuzz::take_byte(text) + 1;
    http::check_any(coding, text, piece);
    http::check_compressed("gzip", MAX_WBITS + 16, text, piece);
    http::check_compressed("deflate", MAX_WBITS, text, piece);
    http::check_compressed("deflate", -MAX_WBITS, text, piece);
    return 0;
}
