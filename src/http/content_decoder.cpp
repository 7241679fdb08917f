#include "http/content_decoder.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "http/content_decoder_codecs.hpp"

namespace runnel::http {

namespace {

/// Maximum number of codings of one body, because each costs memory.
constexpr std::size_t kMaxLayers = 5;

/// Maximum number of bytes passed between layers without decoded output. Stacked codings can expand
/// a few bytes to terabytes that decode to nothing (padding, empty members), and one call would
/// block the loop for all of them.
constexpr std::size_t kMaxUnproductive = std::size_t{1} << 20;

Error decode_error(std::string message) {
    return Error(ErrorClass::Decode, std::move(message), CURLE_BAD_CONTENT_ENCODING);
}

std::optional<Coding> find_coding(std::string_view lower) {
    if (lower == "gzip" || lower == "x-gzip") {
        return Coding::Gzip;
    }
    if (lower == "deflate") {
        return Coding::Deflate;
    }
    if (lower == "br") {
        return Coding::Brotli;
    }
    if (lower == "zstd") {
        return Coding::Zstd;
    }
    return std::nullopt;
}

/// Files that are compressed by themselves, in codings that are also used for transfer.
struct FileKind {
    Coding coding;
    std::string_view ending;  ///< Of the name.
    std::string_view media_type;
};

constexpr std::array kFileKinds = {
    FileKind{Coding::Gzip, ".gz", "application/gzip"},
    FileKind{Coding::Gzip, ".tgz", "application/x-gzip"},
    FileKind{Coding::Gzip, ".taz", "application/x-tgz"},
    FileKind{Coding::Gzip, ".svgz", "application/x-gtar-compressed"},
    FileKind{Coding::Gzip, ".emz", "application/x-compressed-tar"},
    FileKind{Coding::Brotli, ".br", "application/x-brotli"},
    FileKind{Coding::Zstd, ".zst", "application/zstd"},
    FileKind{Coding::Zstd, ".tzst", "application/x-zstd"},
};

bool is_identity(std::string_view lower) {
    return lower.empty() || lower == "identity" || lower == "none";
}

}  // namespace

/// One coding with the input that it has not decoded yet.
class ContentDecoder::Layer {
public:
    explicit Layer(Coding coding) noexcept : coding_(coding) {}

    /// Whether decode() needs more input to give anything.
    [[nodiscard]] bool hungry() const noexcept { return input_.empty() && !may_hold_more_; }
    void give(std::string_view input) noexcept { input_ = input; }

    Result<std::string_view> decode() {
        if (!codec_) {
            codec_ = make_codec(coding_);
            // Not zeroed, so that a short body touches few pages of it.
            out_.reset(new char[kDecodedChunk]);
        }
        RUNNEL_TRY_ASSIGN(const std::size_t written,
                          codec_->decode(input_, out_.get(), kDecodedChunk));
        may_hold_more_ = written == kDecodedChunk;
        return std::string_view(out_.get(), written);
    }

    [[nodiscard]] bool started() const noexcept { return codec_ != nullptr; }
    [[nodiscard]] bool at_end() const noexcept { return codec_ && codec_->at_end(); }
    [[nodiscard]] Coding coding() const noexcept { return coding_; }

private:
    Coding coding_;
    std::unique_ptr<Codec> codec_;
    std::unique_ptr<char[]> out_;
    std::string_view input_;
    bool may_hold_more_ = false;
};

bool is_compressed_file(std::string_view content_encoding, std::string_view media_type,
                        std::string_view url) {
    const std::optional<Coding> coding = find_coding(lower_case(trimmed(content_encoding)));
    const std::string type = lower_case(trimmed(media_type.substr(0, media_type.find(';'))));
    const std::string name = lower_case(url.substr(0, url.find_first_of("?#")));
    return coding && std::ranges::any_of(kFileKinds, [&](const FileKind& kind) {
               return kind.coding == *coding &&
                      (type == kind.media_type || name.ends_with(kind.ending));
           });
}

ContentDecoder::ContentDecoder() = default;
ContentDecoder::ContentDecoder(ContentDecoder&& other) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&& other) noexcept = default;
ContentDecoder::~ContentDecoder() = default;

Result<ContentDecoder> ContentDecoder::make(std::string_view content_encoding) {
    ContentDecoder decoder;
    while (!content_encoding.empty()) {
        const std::size_t comma = std::min(content_encoding.find(','), content_encoding.size());
        // Content codings are case-insensitive (RFC 9110, 8.4.1).
        const std::string token = lower_case(trimmed(content_encoding.substr(0, comma)));
        content_encoding.remove_prefix(std::min(comma + 1, content_encoding.size()));
        if (is_identity(token)) {
            continue;
        }
        const std::optional<Coding> coding = find_coding(token);
        if (!coding) {
            return decode_error(
                fmt::format("unknown content coding \"{}\"; --no-compressed gets the body as sent",
                            abbreviated(token, 100)));
        }
        if (decoder.layers_.size() == kMaxLayers) {
            return decode_error(fmt::format("more than {} content codings", kMaxLayers));
        }
        decoder.layers_.emplace_back(*coding);
    }
    std::reverse(decoder.layers_.begin(), decoder.layers_.end());
    return decoder;
}

bool ContentDecoder::identity() const noexcept { return layers_.empty(); }

std::size_t ContentDecoder::windows(std::string_view begin) const noexcept {
    if (layers_.size() == 1 && layers_.front().coding() == Coding::Brotli) {
        return brotli_window(begin.front());
    }
    if (layers_.size() == 1 && layers_.front().coding() == Coding::Zstd) {
        return zstd_window(begin);
    }
    const auto brotli = std::ranges::count(layers_, Coding::Brotli, &Layer::coding);
    const auto zstd = std::ranges::count(layers_, Coding::Zstd, &Layer::coding);
    return static_cast<std::size_t>(brotli) * kMaxWindow +
           static_cast<std::size_t>(zstd) * kMaxZstdWindow;
}

void ContentDecoder::feed(std::string_view compressed) {
    RUNNEL_ENSURE(failure_ || (input_.empty() && (identity() || layers_.front().hungry())),
                  "fed before the last bytes were consumed");
    input_ = compressed;
}

Result<std::string_view> ContentDecoder::next() {
    if (failure_) {
        return *failure_;
    }
    if (identity()) {
        const std::string_view slice = input_.substr(0, kDecodedChunk);
        input_.remove_prefix(slice.size());
        return slice;
    }
    unproductive_ = 0;
    Result<std::string_view> piece = pull(layers_.size() - 1);
    if (!piece) {
        failure_ = piece.error();
    }
    return piece;
}

/// Returns the next output of layer \a index; empty if it needs more input.
Result<std::string_view> ContentDecoder::pull(std::size_t index) {
    Layer& layer = layers_[index];
    while (true) {
        if (layer.hungry()) {
            Result<std::string_view> input = input_of(index);
            if (!input || input->empty()) {
                return input;
            }
            layer.give(*input);
        }
        Result<std::string_view> output = layer.decode();
        if (!output || !output->empty()) {
            return output;
        }
    }
}

Result<std::string_view> ContentDecoder::input_of(std::size_t index) {
    if (index == 0) {
        return std::exchange(input_, std::string_view());
    }
    Result<std::string_view> input = pull(index - 1);
    if (input) {
        unproductive_ += input->size();
    }
    if (unproductive_ > kMaxUnproductive) {
        return decode_error("the content codings of the body decode to nothing");
    }
    return input;
}

Result<void> ContentDecoder::finish() {
    if (failure_) {
        return *failure_;
    }
    RUNNEL_ENSURE(input_.empty(), "finished before the last bytes were consumed");
    if (identity() || !layers_.front().started()) {
        return {};
    }
    for (const Layer& layer : layers_) {
        if (!layer.at_end()) {
            failure_ =
                decode_error(fmt::format("the {} body is truncated", to_string(layer.coding())));
            return *failure_;
        }
    }
    return {};
}

}  // namespace runnel::http
