#include "http/content_decoder.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace runnel::http {
namespace {

constexpr int kGzip = MAX_WBITS + 16;
constexpr int kZlib = MAX_WBITS;
constexpr int kRaw = -MAX_WBITS;

std::string deflated(const std::string& text, int wrapping) {
    z_stream stream = {};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, wrapping, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 32, '\0');
    std::string in = text;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string gzip(const std::string& text) { return deflated(text, kGzip); }

std::string text() {
    std::string lines;
    for (int i = 0; i < 100; ++i) {
        lines += "line " + std::to_string(i * i) + " of a body\n";
    }
    return lines;
}

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

/// text() compressed by `brotli -q 11`, so that the tests do not need an encoder.
std::string brotli_text() {
    return from_hex(
        "1ba107208cd45677e24ce78633d58788880c5a7c832898bda5e7f1e63e7c9f3ac334b44067cd223a59ba243fc5"
        "b89b2ff83ebf91a76c394b2dfb3996bc5ca79a5666fe07d09c96dacddae4f539532f951e0b684d463e369f6d5e"
        "3efbb119311a17d8f94807aa3af59c4d9e597b5d4bf2716cc0cef859a7e891366b078719ff44632f64617c808d"
        "f1831c941def7615efac97f2aebdcab0f63e7a236f6da18368ed598a655acf83ea837c13dfd2a7379c7deff94a"
        "1bb1a9c1b2cff6a39df8e18647bfaddfd9efc9af1c320ee3c88ee56487c2e5b8826b5c1a00");
}

const std::string kZstdText = [] {
    std::string lines;
    for (int i = 0; i < 8; ++i) {
        lines += "zstd sample text\n";
    }
    return lines;
}();

/// kZstdText compressed by the zstd program, with a checksum.
std::string zstd_text() {
    return from_hex("28b52ffd2488c50000887a7374642073616d706c6520746578740a010029a57309d8208c8c");
}

/// 16 MiB of zeros.
std::string brotli_bomb() {
    return from_hex("cbffff3ff82700e2b14020f7fe2ffffffff04f00c4611180eefd1f");
}

ContentDecoder make(std::string_view encoding) {
    Result<ContentDecoder> decoder = ContentDecoder::make(encoding);
    EXPECT_TRUE(decoder.ok()) << encoding;
    return std::move(decoder).value();
}

/// Decodes \a body in chunks and checks the size of each piece.
Result<std::string> decode(std::string_view encoding, std::string_view body,
                           std::size_t chunk = std::string::npos) {
    ContentDecoder decoder = make(encoding);
    std::string decoded;
    while (!body.empty()) {
        // A copy, so that AddressSanitizer detects late reads.
        const std::string fed(body.substr(0, chunk));
        body.remove_prefix(fed.size());
        decoder.feed(fed);
        while (true) {
            const Result<std::string_view> piece = decoder.next();
            if (!piece) {
                return piece.error();
            }
            EXPECT_LE(piece->size(), kDecodedChunk);
            if (piece->empty()) {
                break;
            }
            decoded += *piece;
        }
    }
    const Result<void> end = decoder.finish();
    if (!end) {
        return end.error();
    }
    return decoded;
}

void expect_decoded(std::string_view encoding, std::string_view body, const std::string& wanted) {
    for (const std::size_t chunk : {1U, 2U, 3U, 7U, 64U, 1000U, 16384U, 1U << 30U}) {
        const Result<std::string> decoded = decode(encoding, body, chunk);
        ASSERT_TRUE(decoded.ok()) << encoding << " by " << chunk << decoded.error().message();
        EXPECT_TRUE(*decoded == wanted) << encoding << " by " << chunk;
    }
}

void expect_failure(const Result<std::string>& decoded, std::string_view message) {
    ASSERT_FALSE(decoded.ok()) << message;
    EXPECT_EQ(decoded.error().error_class(), ErrorClass::Decode);
    EXPECT_EQ(decoded.error().code(), 61);
    EXPECT_EQ(decoded.error().message(), message);
}

std::string random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() & 0xffU); });
    return bytes;
}

TEST(ContentDecoder, DecodesChunksOfAnySize) {
    expect_decoded("gzip", gzip(text()), text());
    expect_decoded("x-gzip", gzip(text()), text());
    expect_decoded("deflate", deflated(text(), kZlib), text());
    expect_decoded("deflate", deflated(text(), kRaw), text());
    expect_decoded("br", brotli_text(), text());
    expect_decoded("zstd", zstd_text(), kZstdText);
    expect_decoded("identity", text(), text());
    expect_decoded("", text(), text());
}

TEST(ContentDecoder, DecodesEveryCutInTwo) {
    const std::string body = gzip(text()) + gzip("more") + std::string(3, '\0');
    for (std::size_t cut = 1; cut < body.size(); ++cut) {
        ContentDecoder decoder = make("gzip");
        std::string decoded;
        for (const std::string& half : {body.substr(0, cut), body.substr(cut)}) {
            decoder.feed(half);
            for (auto piece = decoder.next(); !piece.value().empty(); piece = decoder.next()) {
                decoded += *piece;
            }
        }
        EXPECT_TRUE(decoder.finish().ok()) << cut;
        EXPECT_EQ(decoded, text() + "more") << cut;
    }
}

TEST(ContentDecoder, DecodesBodiesOfEverySizeAroundItsPieces) {
    for (const std::size_t size : {0UL, 1UL, kDecodedChunk - 1, kDecodedChunk, kDecodedChunk + 1,
                                   2 * kDecodedChunk, 1000000UL}) {
        const std::string plain = random_bytes(size, 1);
        for (const std::size_t chunk : {4096UL, std::string::npos}) {
            EXPECT_TRUE(decode("gzip", gzip(plain), chunk).value() == plain) << size;
            EXPECT_TRUE(decode("deflate", deflated(plain, kRaw), chunk).value() == plain) << size;
            EXPECT_TRUE(decode("deflate", deflated(plain, kZlib), chunk).value() == plain) << size;
            EXPECT_TRUE(decode("gzip,gzip", gzip(gzip(plain)), chunk).value() == plain) << size;
            EXPECT_TRUE(decode("none", plain, chunk).value() == plain) << size;
        }
    }
    EXPECT_EQ(decode("br", "\x06").value(), "");
}

TEST(ContentDecoder, ReadsTheHeader) {
    for (const char* plain : {"", " ", ",", "identity", "Identity", "none", " , identity\t,none"}) {
        EXPECT_TRUE(make(plain).identity()) << plain;
    }
    for (const char* coded : {"gzip", "GZip", " x-gzip ", "deflate", "DEFLATE", "br", "Br",
                              "identity, gzip", "gzip,br", ",,gzip,", "br,br,br,br,br"}) {
        EXPECT_FALSE(make(coded).identity()) << coded;
    }
    const auto expect_refused = [](std::string_view header, std::string_view message) {
        const Result<ContentDecoder> decoder = ContentDecoder::make(header);
        ASSERT_FALSE(decoder.ok()) << header;
        EXPECT_EQ(decoder.error().error_class(), ErrorClass::Decode);
        EXPECT_EQ(decoder.error().code(), 61);
        EXPECT_EQ(decoder.error().message(), message);
    };
    expect_refused("gzip, compress",
                   "unknown content coding \"compress\"; --no-compressed gets the body as sent");
    expect_refused("gzi", "unknown content coding \"gzi\"; --no-compressed gets the body as sent");
    expect_refused("gzip2",
                   "unknown content coding \"gzip2\"; --no-compressed gets the body as sent");
    expect_refused("gzip br",
                   "unknown content coding \"gzip br\"; --no-compressed gets the body as sent");
    expect_refused("gzip,gzip,gzip,gzip,gzip,gzip", "more than 5 content codings");
}

TEST(ContentDecoder, DecodesStackedCodingsInReverse) {
    expect_decoded("gzip, gzip", gzip(gzip(text())), text());
    expect_decoded("deflate, gzip", gzip(deflated(text(), kZlib)), text());
    expect_decoded("gzip , identity, DEFLATE", deflated(gzip(text()), kRaw), text());
    expect_decoded("br, gzip", gzip(brotli_text()), text());
    expect_decoded("br,deflate,gzip,deflate,gzip",
                   gzip(deflated(gzip(deflated(brotli_text(), kRaw)), kZlib)), text());
    EXPECT_FALSE(decode("gzip, deflate", gzip(deflated(text(), kZlib))).ok());
}

TEST(ContentDecoder, AcceptsAZlibStreamAsGzip) {
    expect_decoded("gzip", deflated(text(), kZlib), text());
    EXPECT_FALSE(decode("gzip", deflated(text(), kRaw)).ok());
}

TEST(ContentDecoder, JoinsGzipMembersAndZstdFrames) {
    expect_decoded("gzip", gzip(text()) + gzip("") + gzip("") + gzip("x"), text() + "x");
    expect_decoded("gzip", gzip("a") + std::string(100000, '\0'), "a");
    expect_decoded("zstd", zstd_text() + zstd_text(), kZstdText + kZstdText);
    expect_failure(decode("gzip", gzip("a") + "\x1f\x8b"), "the gzip body is truncated");
    expect_failure(decode("gzip", gzip("a") + "\x1f"), "the gzip body is truncated");
    expect_failure(decode("zstd", zstd_text() + zstd_text().substr(0, 3)),
                   "the zstd body is truncated");
    expect_failure(decode("gzip", gzip("a") + "\x1f\x8bgarbage"),
                   "the gzip body is corrupt: unknown compression method");
}

TEST(ContentDecoder, RefusesDataAfterTheEnd) {
    for (const std::size_t chunk : {1UL, std::string::npos}) {
        const auto refuses = [chunk](std::string_view coding, const std::string& body) {
            for (const std::string& more : {std::string("garbage"), std::string(100000, 'x')}) {
                expect_failure(decode(coding, body + more, chunk),
                               fmt::format("the {} body is corrupt: data after the end", coding));
            }
        };
        refuses("gzip", gzip("a"));
        refuses("gzip", gzip("a") + std::string(3, '\0'));
        refuses("gzip", gzip("a") + "\x1f");
        refuses("gzip", deflated("a", kZlib));
        refuses("deflate", deflated("a", kRaw));
        refuses("deflate", deflated("a", kZlib));
        refuses("br", brotli_text());
        refuses("zstd", zstd_text());
    }
}

TEST(ContentDecoder, KnowsFilesThatAreCompressedThemselves) {
    EXPECT_TRUE(is_compressed_file("gzip", "", "http://a/x.tar.gz?y#z"));
    EXPECT_TRUE(is_compressed_file("x-gzip", "", "http://a/x.TGZ"));
    EXPECT_TRUE(is_compressed_file("GZIP", "Application/X-Gzip; a=b", "http://a/x"));
    EXPECT_TRUE(is_compressed_file("zstd", "application/zstd", "http://a/x"));
    EXPECT_FALSE(is_compressed_file("br", "", "http://a/x.tar.gz"));
    EXPECT_FALSE(is_compressed_file("gzip", "application/json", "http://a/x?y=.gz"));
    EXPECT_FALSE(is_compressed_file("gzip, gzip", "application/gzip", "http://a/x.gz"));
    EXPECT_FALSE(is_compressed_file("identity", "application/gzip", "http://a/x.gz"));
}

TEST(ContentDecoder, ReadsTheSizeOfTheWindowOfZstd) {
    const auto window = [](std::string_view begin) {
        return ContentDecoder::make("zstd")->windows(begin);
    };
    constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";
    EXPECT_EQ(window(std::string(kMagic) + std::string(2, '\0')), std::size_t{1} << 10);
    EXPECT_EQ(window(std::string(kMagic) + '\0' + '\x58'), std::size_t{2} << 20);
    EXPECT_EQ(window(std::string(kMagic) + '\0' + '\xff'), std::size_t{8} << 20);
    EXPECT_EQ(window(std::string(kMagic) + std::string(2, '\x20')), std::size_t{8} << 20);
    EXPECT_EQ(window("\x28"), std::size_t{8} << 20);
}

TEST(ContentDecoder, AcceptsAnEmptyBody) {
    for (const char* encoding : {"gzip", "deflate", "br", "gzip, br", "identity"}) {
        EXPECT_EQ(decode(encoding, "").value(), "") << encoding;
        ContentDecoder decoder = make(encoding);
        EXPECT_TRUE(decoder.next().value().empty());
        decoder.feed("");
        EXPECT_TRUE(decoder.next().value().empty());
        EXPECT_TRUE(decoder.finish().ok());
    }
    expect_failure(decode("gzip, gzip", gzip("")), "the gzip body is truncated");
}

TEST(ContentDecoder, DetectsEveryTruncation) {
    const auto expect_noticed = [](std::string_view encoding, const std::string& body) {
        for (std::size_t size = 1; size < body.size(); ++size) {
            for (const std::size_t chunk : {1UL, std::string::npos}) {
                const Result<std::string> decoded =
                    decode(encoding, std::string_view(body).substr(0, size), chunk);
                ASSERT_FALSE(decoded.ok()) << encoding << size;
                EXPECT_TRUE(decoded.error().message().ends_with(" body is truncated"));
            }
        }
    };
    expect_noticed("gzip", gzip(text()));
    expect_noticed("deflate", deflated(text(), kZlib));
    expect_noticed("deflate", deflated(text(), kRaw));
    expect_noticed("br", brotli_text());
    expect_noticed("gzip, gzip", gzip(gzip(text())));
    expect_noticed("br, deflate", deflated(brotli_text(), kRaw));
}

TEST(ContentDecoder, SurvivesAndReportsChangedBytes) {
    // The time, the extra flags and the system in gzip's header cannot be checked.
    const auto unguarded = [](std::size_t at) { return at >= 4 && at < 10; };
    const std::string body = gzip(text());
    for (std::size_t at = 0; at < body.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string changed = body;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            const Result<std::string> decoded = decode("gzip", changed);
            // The text flag of the header has no effect.
            const bool harmless = unguarded(at) || (at == 3 && flip == 0x01);
            EXPECT_EQ(decoded.ok(), harmless) << at;
            EXPECT_TRUE(!decoded.ok() || *decoded == text()) << at;
        }
    }
    const std::string wrapped = deflated(text(), kZlib);
    for (std::size_t at = 0; at < wrapped.size(); ++at) {
        std::string changed = wrapped;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        EXPECT_FALSE(decode("deflate", changed).ok()) << at;
    }
}

TEST(ContentDecoder, SurvivesChangedBytesWithoutAChecksum) {
    for (const std::string& body : {brotli_text(), deflated(text(), kRaw)}) {
        const std::string_view encoding = body == brotli_text() ? "br" : "deflate";
        for (std::size_t at = 0; at < body.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                std::string changed = body;
                changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
                const Result<std::string> decoded = decode(encoding, changed);
                EXPECT_TRUE(decoded.ok() || decoded.error().code() == 61);
            }
        }
    }
}

TEST(ContentDecoder, SurvivesGarbage) {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::string body = random_bytes(1 + seed % 300, seed);
        for (const char* encoding : {"gzip", "deflate", "br", "deflate, deflate", "br, deflate"}) {
            const Result<std::string> decoded = decode(encoding, body, 1 + seed % 17);
            EXPECT_TRUE(decoded.ok() || decoded.error().error_class() == ErrorClass::Decode);
        }
        body.insert(0, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
        EXPECT_FALSE(decode("gzip", body).ok());
    }
}

TEST(ContentDecoder, ReturnsBombsInSmallPieces) {
    constexpr std::size_t kSize = std::size_t{16} << 20;
    const std::string zeros(kSize, '\0');
    const auto expect_pieces = [&](std::string_view encoding, const std::string& body) {
        EXPECT_LT(body.size() * 900, kSize);
        ContentDecoder decoder = make(encoding);
        decoder.feed(body);
        std::size_t pieces = 0;
        std::size_t size = 0;
        for (auto piece = decoder.next(); !piece.value().empty(); piece = decoder.next()) {
            EXPECT_LE(piece->size(), kDecodedChunk);
            size += piece->size();
            ++pieces;
        }
        EXPECT_EQ(size, kSize);
        EXPECT_LE(pieces, 2 * kSize / kDecodedChunk);
        EXPECT_TRUE(decoder.finish().ok());
    };
    expect_pieces("gzip", gzip(zeros));
    expect_pieces("deflate", deflated(zeros, kRaw));
    expect_pieces("gzip, gzip", gzip(gzip(zeros)));
    expect_pieces("br", brotli_bomb());
}

TEST(ContentDecoder, StopsAtBombsWithoutOutput) {
    // Each layer except the last expands, and the input of the last is padding.
    const std::string padding = gzip("a") + std::string(std::size_t{8} << 20, '\0');
    ContentDecoder decoder = make("gzip, gzip");
    const std::string body = gzip(padding);
    decoder.feed(body);
    EXPECT_EQ(decoder.next().value(), "a");
    const Result<std::string_view> nothing = decoder.next();
    ASSERT_FALSE(nothing.ok());
    EXPECT_EQ(nothing.error().message(), "the content codings of the body decode to nothing");
    EXPECT_EQ(decoder.next().error().message(), nothing.error().message());
}

/// Returns ContentDecoder::windows() for a body that begins with \a first.
std::size_t windows(std::string_view codings, unsigned char first) {
    const char begin = static_cast<char>(first);
    return ContentDecoder::make(codings)->windows(std::string_view(&begin, 1));
}

TEST(ContentDecoder, ReadsTheSizeOfBrotlisWindow) {
    // RFC 7932, section 9.1, in the order of the sizes from 2^10 to 2^24.
    const std::array<unsigned char, 15> beginnings = {
        0x21, 0x31, 0x41, 0x51, 0x61, 0x71, 0x00, 0x01, 0x03, 0x05, 0x07, 0x09, 0x0b, 0x0d, 0x0f};
    for (std::size_t i = 0; i < beginnings.size(); ++i) {
        EXPECT_EQ(windows("br", beginnings[i]), std::size_t{1} << (10 + i));
        const std::string begin(1, static_cast<char>(beginnings[i]));
        ContentDecoder decoder = *ContentDecoder::make("br");
        decoder.feed(begin);
        EXPECT_TRUE(decoder.next().ok()) << "not a beginning: " << i;
    }
    EXPECT_EQ(windows("gzip", 0x1f), 0U);
    EXPECT_EQ(windows("", 0x0f), 0U);
    EXPECT_EQ(windows("br, gzip", 0x1f), std::size_t{1} << 24);
    EXPECT_EQ(windows("br, br", 0x0f), std::size_t{1} << 25);
}

TEST(ContentDecoder, KeepsFailing) {
    ContentDecoder decoder = make("gzip");
    decoder.feed("no gzip at all");
    const std::string message = decoder.next().error().message();
    EXPECT_EQ(message, "the gzip body is corrupt: incorrect header check");
    EXPECT_EQ(decoder.next().error().message(), message);
    decoder.feed("more");
    EXPECT_EQ(decoder.next().error().message(), message);
    EXPECT_EQ(decoder.finish().error().message(), message);
}

TEST(ContentDecoder, CanBeMovedInTheMiddle) {
    const std::string body = gzip(text());
    ContentDecoder first = make("gzip");
    first.feed(std::string_view(body).substr(0, 50));
    std::string decoded;
    for (auto piece = first.next(); !piece.value().empty(); piece = first.next()) {
        decoded += *piece;
    }
    ContentDecoder second = std::move(first);
    second.feed(std::string_view(body).substr(50));
    for (auto piece = second.next(); !piece.value().empty(); piece = second.next()) {
        decoded += *piece;
    }
    EXPECT_TRUE(second.finish().ok());
    EXPECT_EQ(decoded, text());
}

TEST(ContentDecoderDeathTest, RefusesMoreBeforeTheLastIsConsumed) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto feed_twice = [] {
        ContentDecoder decoder = make("gzip");
        decoder.feed("a");
        decoder.feed("b");
    };
    EXPECT_DEATH(feed_twice(), "fed before the last bytes were consumed");
}

}  // namespace
}  // namespace runnel::http
