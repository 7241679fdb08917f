#include "app/console/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include "base/system_error.hpp"
#include "io/append_file.hpp"
#include "io/named_file.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

/// Maximum number of lines that are held back: enough to see what failed, and bounded memory if a
/// million inputs fail.
constexpr std::size_t kHeldLines = 1000;

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

/// `2026-01-02T03:04:05.678Z`
std::string timestamp(spdlog::log_clock::time_point time) {
    using std::chrono::milliseconds;
    const std::time_t seconds = spdlog::log_clock::to_time_t(time);
    const auto millis = std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    return fmt::format("{}.{:03}Z", text.data(), millis % 1000);
}

class LineFormatter final : public spdlog::formatter {
public:
    explicit LineFormatter(LogFormat format) : format_(format) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
        const std::string_view text(message.payload.data(), message.payload.size());
        const std::string formatted = format_ == LogFormat::Json
                                          ? json_line(message, text)
                                          : fmt::format("runnel: {}\n", printable(text));
        line.append(formatted.data(), formatted.data() + formatted.size());
    }

    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LineFormatter>(format_);
    }

private:
    static std::string json_line(const spdlog::details::log_msg& message, std::string_view text) {
        const spdlog::string_view_t level = spdlog::level::to_string_view(message.level);
        std::string line;
        JsonObjectWriter object(line);
        object.member("ts", timestamp(message.time));
        object.member("level", std::string_view(level.data(), level.size()));
        object.member("message", text);
        object.end_line();
        return shown_on_terminal(line, TerminalFilter::Form::Json);
    }

    LogFormat format_;
};

}  // namespace

struct Log::Held {
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_st> lines =
        std::make_shared<spdlog::sinks::ringbuffer_sink_st>(kHeldLines);
};

class Log::Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    struct Closer {
        void operator()(std::FILE* stream) const noexcept { std::fclose(stream); }
    };

    explicit Sink(bool color) : color_(color) {}

    Output* output = nullptr;
    std::function<void()> before_each;
    std::unique_ptr<std::FILE, Closer> file;
    int shared = -1;  ///< The open descriptor that \a file duplicates; -1 if it does not.

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

Log::Log(LogLevel level, LogFormat format, bool color)
    : level_(level),
      format_(format),
      sink_(std::make_shared<Sink>(color && format == LogFormat::Text)) {
    spdlog::sink_ptr sink = sink_;
    if (quiet()) {
        held_ = std::make_unique<Held>();
        sink = held_->lines;
    }
    logger_ = std::make_shared<spdlog::logger>("runnel", std::move(sink));
    sink_->set_formatter(std::make_unique<LineFormatter>(format));
    logger_->set_formatter(std::make_unique<LineFormatter>(format));
}

Log::~Log() = default;

Result<void> Log::append_to(const std::string& file) {
    const Result<NamedFile> named = NamedFile::find(file);
    sink_->shared = named ? named->descriptor() : -1;
    // An open descriptor keeps its flags and its position, which others share ("a" would change
    // the flags).
    std::unique_ptr<std::FILE, Sink::Closer> opened(
        sink_->shared >= 0 ? ::fdopen(::fcntl(sink_->shared, F_DUPFD_CLOEXEC, 3), "w")
                           : std::fopen(file.c_str(), "ae"));
    if (!opened) {
        return system_error(ErrorClass::Sink, "--log-file: cannot write " + file, errno);
    }
    std::setvbuf(opened.get(), nullptr, _IONBF, 0);
    const bool unfinished = ends_in_unfinished_line(file);
    sink_->file = std::move(opened);
    if (held_) {
        logger_->sinks().push_back(sink_);
    }
    if (unfinished) {
        std::fputs("\n", sink_->file.get());
        warn(fmt::format("--log-file: the last line of {} was incomplete and got a newline", file));
    }
    return {};
}

void Log::error(std::string_view text) {
    last_error_ = text;
    logger_->error(text);
}
void Log::warn(std::string_view text) { logger_->warn(text); }
void Log::info(std::string_view text) {
    if (verbose()) {
        logger_->info(text);
    }
}
void Log::note(std::string_view text) {
    if (verbose() || (at_terminal() && !quiet())) {
        logger_->info(text);
    }
}

void Log::hold(std::function<void()> before_release) {
    before_release_ = std::move(before_release);
    if (!held_ && !sink_->file) {
        held_ = std::make_unique<Held>();
        held_->lines->set_formatter(std::make_unique<LineFormatter>(format_));
        logger_->sinks() = {held_->lines};
    }
}

void Log::release() {
    if (before_release_) {
        std::exchange(before_release_, nullptr)();
    }
    if (held_) {
        for (const std::string& line : held_->lines->last_formatted()) {
            std::fputs(line.c_str(), stderr);
        }
        held_.reset();
        logger_->sinks() = {sink_};
    }
}

int Log::descriptor() const noexcept {
    return sink_->shared >= 0 ? sink_->shared : ::fileno(sink_->stream());
}

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
        static_cast<void>(written);  // failure() reports errors of the file
    }
}

}  // namespace runnel
