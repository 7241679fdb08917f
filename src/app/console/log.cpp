#include "app/console/log.hpp"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "json/escape.hpp"

namespace runnel {

namespace {

/// Held-back lines kept: enough to see what happened, little enough to hold for a million failures.
constexpr std::size_t kHeldLines = 1000;
constexpr const char* kText = "runnel: %v";
/// The message is a JSON string already.
constexpr const char* kJson = R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})";

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string_view color_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::err: return kRed;
        case spdlog::level::warn: return kYellow;
        default: return "";
    }
}

struct Closer {
    void operator()(std::FILE* stream) const noexcept { std::fclose(stream); }
};

}  // namespace

struct Log::Held {
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_st> lines =
        std::make_shared<spdlog::sinks::ringbuffer_sink_st>(kHeldLines);
};

class Log::Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    explicit Sink(bool color) : color_(color) {}

    Output* output = nullptr;
    std::function<void()> before_each;
    std::unique_ptr<std::FILE, Closer> file;

    [[nodiscard]] std::FILE* stream() const noexcept { return file ? file.get() : stderr; }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        const std::string_view color = color_ && !file ? color_of(message.level) : "";
        line.append(color);
        formatter_->format(message, line);
        if (!color.empty()) {
            line.resize(line.size() - 1);
            line.append(kPlain);
            line.push_back('\n');
        }
        if (before_each) {
            before_each();
        }
        if (output != nullptr) {
            output->append(std::string_view(line.data(), line.size()));
        } else {
            std::fwrite(line.data(), 1, line.size(), stream());
        }
    }
    void flush_() override {}

    bool color_;
};

Log::Log(Level level, Format format, bool color)
    : level_(level),
      format_(format),
      sink_(std::make_shared<Sink>(color && format == Format::Text)) {
    spdlog::sink_ptr sink = sink_;
    if (quiet()) {
        held_ = std::make_unique<Held>();
        sink = held_->lines;
    }
    logger_ = std::make_shared<spdlog::logger>("runnel", std::move(sink));
    auto formatter = std::make_unique<spdlog::pattern_formatter>(
        format == Format::Json ? kJson : kText, spdlog::pattern_time_type::utc);
    sink_->set_formatter(formatter->clone());
    logger_->set_formatter(std::move(formatter));
}

Log::~Log() = default;

Result<void> Log::append_to(const std::string& file) {
    std::unique_ptr<std::FILE, Closer> opened(std::fopen(file.c_str(), "ae"));
    if (!opened) {
        const int problem = errno;
        return Error(ErrorClass::Sink,
                     fmt::format("--log-file: cannot write {}: {}", file,
                                 std::generic_category().message(problem)),
                     problem);
    }
    std::setvbuf(opened.get(), nullptr, _IONBF, 0);
    sink_->file = std::move(opened);
    if (held_) {
        logger_->sinks().push_back(sink_);
    }
    return {};
}

std::string Log::in_format(std::string_view text) const {
    if (format_ == Format::Text) {
        return printable(text);
    }
    std::string json;
    append_json_string(json, text);
    return json;
}

void Log::error(std::string_view text) { logger_->error("{}", in_format(text)); }
void Log::warn(std::string_view text) { logger_->warn("{}", in_format(text)); }
void Log::info(std::string_view text) {
    if (verbose()) {
        logger_->info("{}", in_format(text));
    }
}
void Log::note(std::string_view text) {
    if (verbose() || (at_terminal() && !quiet())) {
        logger_->info("{}", in_format(text));
    }
}

void Log::release() {
    if (held_) {
        for (const std::string& line : held_->lines->last_formatted()) {
            std::fputs(line.c_str(), stderr);
        }
        held_.reset();
        logger_->sinks() = {sink_};
    }
}

int Log::descriptor() const noexcept { return ::fileno(sink_->stream()); }

bool Log::at_terminal() const noexcept { return ::isatty(descriptor()) == 1; }

void Log::before_each(std::function<void()> call) { sink_->before_each = std::move(call); }

void Log::write_to(Output* output) noexcept {
    if (sink_->file && sink_->output != nullptr && sink_->output->error()) {
        failure_ = sink_->output->error();
    }
    sink_->output = output;
}

Task<void> Log::writable() {
    if (sink_->output != nullptr) {
        co_await sink_->output->writable();
    }
}

Task<void> Log::flush(Deadline deadline) {
    if (sink_->output != nullptr) {
        const bool written = co_await sink_->output->flush(deadline);
        static_cast<void>(written);  // failure() tells of it, where there is somebody to be told
    }
}

}  // namespace runnel
