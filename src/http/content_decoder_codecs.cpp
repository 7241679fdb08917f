#include "http/content_decoder_codecs.hpp"

#include <brotli/decode.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <limits>

#include "base/ensure.hpp"
#include "base/out_of_memory.hpp"

// Lets zlib promise not to write to its input.
#define ZLIB_CONST
#include <zlib.h>

namespace runnel::http {

namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";

Error corrupt(Coding coding, std::string_view detail) {
    return Error(ErrorClass::Decode,
                 fmt::format("the {} body is corrupt: {}", to_string(coding), detail),
                 CURLE_BAD_CONTENT_ENCODING);
}

/// inflate() for one of the three formats of deflate.
class Inflater {
public:
    /// \a window_bits as in inflateInit2(): 15 for the zlib wrapper, plus 32 to detect zlib or
    /// gzip, negative for no wrapper.
    explicit Inflater(int window_bits) {
        const int status = inflateInit2(&stream_, window_bits);
        if (status == Z_MEM_ERROR) {
            out_of_memory();
        }
        RUNNEL_ENSURE(status == Z_OK, "inflateInit2 failed");
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream_); }

    /// Starts another stream of the same format.
    void reset() noexcept {
        inflateReset(&stream_);
        ended_ = false;
    }
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// As Codec::decode, but stops at the end of the stream.
    [[nodiscard]] Result<std::size_t> decode(Coding coding, std::string_view& in, char* out,
                                             std::size_t capacity) {
        constexpr std::size_t kMaxInput = std::numeric_limits<uInt>::max();
        const std::string_view given = in.substr(0, kMaxInput);
        stream_.next_in = reinterpret_cast<const Bytef*>(given.data());
        stream_.avail_in = static_cast<uInt>(given.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out);
        stream_.avail_out = static_cast<uInt>(capacity);
        const int status = inflate(&stream_, Z_NO_FLUSH);
        in.remove_prefix(given.size() - stream_.avail_in);
        if (status == Z_MEM_ERROR) {
            out_of_memory();
        }
        if (status == Z_NEED_DICT) {
            return corrupt(coding, "needs a dictionary");
        }
        // Z_BUF_ERROR means that no progress was possible, which is not a failure.
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
            return corrupt(coding, stream_.msg != nullptr ? stream_.msg : "unknown zlib error");
        }
        ended_ = status == Z_STREAM_END;
        return capacity - stream_.avail_out;
    }

private:
    z_stream stream_ = {};
    bool ended_ = false;
};

class GzipCodec final : public Codec {
public:
    Result<std::size_t> decode(std::string_view& in, char* out, std::size_t capacity) override {
        std::size_t written = 0;
        while (written < capacity) {
            RUNNEL_TRY_ASSIGN(const bool begun, begin_member(in));
            if (!begun) {
                break;
            }
            RUNNEL_TRY_ASSIGN(
                const std::size_t more,
                inflater_.decode(Coding::Gzip, in, out + written, capacity - written));
            written += more;
            if (!inflater_.ended()) {
                break;
            }
        }
        return written;
    }
    bool at_end() const noexcept override { return inflater_.ended() && magic_seen_ == 0; }

private:
    /// Whether there is a member to decode. Between members, takes the magic bytes of the next one
    /// from \a in, which may arrive separately. After the last one only zeros may follow, which
    /// some writers pad with.
    Result<bool> begin_member(std::string_view& in) {
        if (!inflater_.ended()) {
            return true;
        }
        while (magic_seen_ < kGzipMagic.size() && !in.empty()) {
            const bool zero = magic_seen_ == 0 && in.front() == '\0';
            if (!zero && (padded_ || in.front() != kGzipMagic[magic_seen_])) {
                return corrupt(Coding::Gzip, "data after the end");
            }
            padded_ = padded_ || zero;
            magic_seen_ += zero ? 0 : 1;
            in.remove_prefix(1);
        }
        if (magic_seen_ < kGzipMagic.size()) {
            return false;
        }
        magic_seen_ = 0;
        inflater_.reset();
        std::string_view magic = kGzipMagic;
        char nothing = 0;
        RUNNEL_TRY(inflater_.decode(Coding::Gzip, magic, &nothing, 0));
        return true;
    }

    /// 32 also accepts a zlib wrapper, as curl does, for servers that confuse the names.
    Inflater inflater_ = Inflater(MAX_WBITS + 32);
    std::size_t magic_seen_ = 0;
    bool padded_ = false;
};

class DeflateCodec final : public Codec {
public:
    Result<std::size_t> decode(std::string_view& in, char* out, std::size_t capacity) override {
        if (inflater_ == nullptr && in.empty()) {
            return std::size_t{0};
        }
        if (inflater_ == nullptr) {
            inflater_ = std::make_unique<Inflater>(is_wrapped(in.front()) ? MAX_WBITS : -MAX_WBITS);
        }
        std::size_t written = 0;
        if (!inflater_->ended()) {
            RUNNEL_TRY_ASSIGN(written, inflater_->decode(Coding::Deflate, in, out, capacity));
        }
        if (inflater_->ended() && !in.empty()) {
            return corrupt(Coding::Deflate, "data after the end");
        }
        return written;
    }
    bool at_end() const noexcept override { return inflater_ != nullptr && inflater_->ended(); }

private:
    /// Whether a stream that starts with \a first has a zlib header. As raw deflate, such a byte
    /// would begin a stored block with non-zero padding, which encoders do not write.
    static bool is_wrapped(char first) noexcept {
        const auto byte = static_cast<unsigned char>(first);
        return (byte & 0x0fU) == Z_DEFLATED && byte >> 4U <= MAX_WBITS - 8;
    }

    std::unique_ptr<Inflater> inflater_;
};

bool is_memory_failure(BrotliDecoderErrorCode code) noexcept {
    return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
           code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

class BrotliCodec final : public Codec {
public:
    BrotliCodec() {
        if (state_ == nullptr) {
            out_of_memory();
        }
    }

    Result<std::size_t> decode(std::string_view& in, char* out, std::size_t capacity) override {
        std::size_t left = capacity;
        if (!ended_) {
            std::size_t in_left = in.size();
            const auto* from = reinterpret_cast<const std::uint8_t*>(in.data());
            auto* to = reinterpret_cast<std::uint8_t*>(out);
            const BrotliDecoderResult status =
                BrotliDecoderDecompressStream(state_.get(), &in_left, &from, &left, &to, nullptr);
            if (status == BROTLI_DECODER_RESULT_ERROR) {
                const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state_.get());
                if (is_memory_failure(code)) {
                    out_of_memory();
                }
                return corrupt(Coding::Brotli, BrotliDecoderErrorString(code));
            }
            in.remove_prefix(in.size() - in_left);
            ended_ = status == BROTLI_DECODER_RESULT_SUCCESS;
        }
        if (ended_ && !in.empty()) {
            return corrupt(Coding::Brotli, "data after the end");
        }
        return capacity - left;
    }
    bool at_end() const noexcept override { return ended_; }

private:
    struct Free {
        void operator()(BrotliDecoderState* state) const noexcept {
            BrotliDecoderDestroyInstance(state);
        }
    };

    std::unique_ptr<BrotliDecoderState, Free> state_ = std::unique_ptr<BrotliDecoderState, Free>(
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
    bool ended_ = false;
};

/// Takes frames one after another, and skippable ones between them.
class ZstdCodec final : public Codec {
public:
    ZstdCodec() {
        constexpr int kWindowLog = 23;
        static_assert(std::size_t{1} << kWindowLog == kMaxZstdWindow);
        if (stream_ == nullptr) {
            out_of_memory();
        }
        const std::size_t status =
            ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kWindowLog);
        RUNNEL_ENSURE(ZSTD_isError(status) == 0, "zstd does not know its window");
    }

    Result<std::size_t> decode(std::string_view& in, char* out, std::size_t capacity) override {
        ZSTD_inBuffer from = {in.data(), in.size(), 0};
        ZSTD_outBuffer to = {out, capacity, 0};
        // It stops at the end of each frame.
        while (to.pos < to.size && (from.pos < from.size || !ended_)) {
            const std::size_t before = from.pos + to.pos;
            const std::size_t status = ZSTD_decompressStream(stream_.get(), &to, &from);
            if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation) {
                out_of_memory();
            }
            if (ZSTD_isError(status) != 0) {
                const bool trailing =
                    has_frame_ && ZSTD_getErrorCode(status) == ZSTD_error_prefix_unknown;
                return corrupt(Coding::Zstd,
                               trailing ? "data after the end" : ZSTD_getErrorName(status));
            }
            ended_ = status == 0;
            has_frame_ = has_frame_ || ended_;
            if (from.pos + to.pos == before) {
                break;
            }
        }
        in.remove_prefix(from.pos);
        return to.pos;
    }
    bool at_end() const noexcept override { return ended_; }

private:
    struct Free {
        void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
    };

    std::unique_ptr<ZSTD_DStream, Free> stream_ =
        std::unique_ptr<ZSTD_DStream, Free>(ZSTD_createDStream());
    bool ended_ = false;      ///< At the end of a frame.
    bool has_frame_ = false;  ///< A frame has ended.
};

}  // namespace

std::size_t zstd_window(std::string_view begin) noexcept {
    constexpr std::size_t kDescriptor = 4;  // after the magic number
    constexpr unsigned kSingleSegment = 0x20;
    const auto byte = [begin](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(begin[at]));
    };
    if (begin.size() < kDescriptor + 2 || (byte(kDescriptor) & kSingleSegment) != 0) {
        return kMaxZstdWindow;
    }
    const std::size_t window = byte(kDescriptor + 1);
    const std::size_t base = std::size_t{1} << (10 + (window >> 3U));
    return std::min(base + base / 8 * (window & 7U), kMaxZstdWindow);
}

std::size_t brotli_window(char first) noexcept {
    const auto bits = static_cast<unsigned char>(first);
    const unsigned high = bits >> 1U & 7U;
    const unsigned low = bits >> 4U & 7U;
    unsigned exponent = 16;
    if ((bits & 1U) != 0) {
        // 1 at the lower place stands for windows beyond the standard, which are refused later.
        exponent = high != 0 ? 17 + high : low <= 1 ? 17 : 8 + low;
    }
    return std::size_t{1} << exponent;
}

std::unique_ptr<Codec> make_codec(Coding coding) {
    switch (coding) {
        case Coding::Gzip: return std::make_unique<GzipCodec>();
        case Coding::Deflate: return std::make_unique<DeflateCodec>();
        case Coding::Zstd: return std::make_unique<ZstdCodec>();
        case Coding::Brotli: break;
    }
    return std::make_unique<BrotliCodec>();
}

std::string_view to_string(Coding coding) noexcept {
    switch (coding) {
        case Coding::Gzip: return "gzip";
        case Coding::Deflate: return "deflate";
        case Coding::Zstd: return "zstd";
        case Coding::Brotli: break;
    }
    return "br";
}

}  // namespace runnel::http
