#include "app/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>

#include "json/escape.hpp"

namespace runnel {

namespace {
/// Held-back lines kept: enough to see what happened, little enough to hold for a million failures.
constexpr std::size_t kHeldLines = 1000;
constexpr const char* kPattern = "runnel: %v";

/// The bytes of the character at the front of \a text, which is not ASCII; 0 if it is no UTF-8.
std::size_t character_size(std::string_view text) {
    for (std::size_t size = 2; size <= 4 && size <= text.size(); ++size) {
        if (is_valid_utf8(text.substr(0, size))) {
            return size;
        }
    }
    return 0;
}

/// C1 controls, which some terminals obey as they do ESC sequences, and what changes the direction
/// of writing, so that a line reads as something else.
bool is_control(std::string_view character) {
    return (character >= "\xc2\x80" && character <= "\xc2\x9f") || character == "\xd8\x9c" ||
           character == "\xe2\x80\x8e" || character == "\xe2\x80\x8f" ||
           (character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae") ||
           (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9");
}

void append_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const std::size_t size = byte < 0x80 ? 1 : character_size(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
        if (byte < 0x20 || byte == 0x7f || size == 0 || is_control(character)) {
            append_escaped(clean, character);
        } else {
            clean += character;
        }
        text.remove_prefix(character.size());
    }
    return clean;
}

struct Log::Held {
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_st> lines =
        std::make_shared<spdlog::sinks::ringbuffer_sink_st>(kHeldLines);
};

class Log::Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    Output* output = nullptr;

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (output != nullptr) {
            output->append(std::string_view(line.data(), line.size()));
        } else {
            std::fwrite(line.data(), 1, line.size(), stderr);
        }
    }
    void flush_() override {}
};

Log::Log(Level level) : level_(level), sink_(std::make_shared<Sink>()) {
    spdlog::sink_ptr sink = sink_;
    if (level == Level::Quiet) {
        held_ = std::make_unique<Held>();
        sink = held_->lines;
    }
    logger_ = std::make_shared<spdlog::logger>("runnel", std::move(sink));
    logger_->set_pattern(kPattern);
    logger_->set_level(level == Level::Verbose ? spdlog::level::info : spdlog::level::warn);
}

Log::~Log() = default;

void Log::error(std::string_view text) { logger_->error("{}", printable(text)); }
void Log::warn(std::string_view text) { logger_->warn("{}", printable(text)); }
void Log::info(std::string_view text) { logger_->info("{}", printable(text)); }

void Log::release() {
    if (held_) {
        for (const std::string& line : held_->lines->last_formatted()) {
            std::fputs(line.c_str(), stderr);
        }
    }
}

void Log::write_to(Output* output) noexcept { sink_->output = output; }

Task<void> Log::room() {
    if (sink_->output != nullptr) {
        co_await sink_->output->room();
    }
}

Task<void> Log::flush(Deadline deadline) {
    if (sink_->output != nullptr) {
        const bool written = co_await sink_->output->flush(deadline);
        static_cast<void>(written);  // there is nowhere to tell of it
    }
}

}  // namespace runnel
