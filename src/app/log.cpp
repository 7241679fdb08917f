#include "app/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace runnel {

namespace {
/// Held-back lines kept: enough to see what happened, little enough to hold for a million failures.
constexpr std::size_t kHeldLines = 1000;
constexpr const char* kPattern = "runnel: %v";

}  // namespace

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
