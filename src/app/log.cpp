#include "app/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace runnel {

namespace {
/// Held-back lines kept: enough to see what happened, little enough to hold for a million failures.
constexpr std::size_t kHeldLines = 1000;
constexpr const char* kPattern = "runnel: %v";
}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            clean += fmt::format("\\x{:02x}", byte);
        } else {
            clean += c;
        }
    }
    return clean;
}

struct Log::Held {
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_st> lines =
        std::make_shared<spdlog::sinks::ringbuffer_sink_st>(kHeldLines);
};

Log::Log(Level level) : level_(level) {
    spdlog::sink_ptr sink;
    if (level == Level::Quiet) {
        held_ = std::make_unique<Held>();
        sink = held_->lines;
    } else {
        sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
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

}  // namespace runnel
