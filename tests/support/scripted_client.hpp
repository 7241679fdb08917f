#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/context.hpp"
#include "async/event.hpp"
#include "async/sleep.hpp"
#include "http/client.hpp"

namespace runnel::test {

/// A response of a ScriptedClient: the headers after a delay, then the body piece by piece.
class Script {
public:
    class Piece {
    public:
        Piece(std::string text, Duration wait) : bytes(std::move(text)), delay(wait) {}
        std::string bytes;
        Duration delay;
    };

    Script() = default;
    explicit Script(int code, std::string where = {}) : status(code), location(std::move(where)) {}

    Script& after(Duration span) {
        delay = span;
        return *this;
    }
    Script& piece(std::string bytes, Duration wait = Duration::zero()) {
        body.emplace_back(std::move(bytes), wait);
        return *this;
    }
    Script& header(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    /// The connection is established after \a span; by default with the response.
    Script& connects(Duration span) {
        connected = span;
        return *this;
    }
    /// The request fails with \a error.
    Script& fails(Error error) {
        failure = std::move(error);
        return *this;
    }
    /// The body ends with \a error instead of its end.
    Script& breaks(Error error) {
        break_off = std::move(error);
        return *this;
    }

    Duration delay = Duration::zero();
    std::optional<Duration> connected;
    int status = 200;
    std::string location;
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<Piece> body;
    std::optional<Error> failure;
    std::optional<Error> break_off;
};

/// A client without a network: answers by a script per URL and records the requests.
class ScriptedClient final : public http::Client {
public:
    enum class Ending { None, NoResponse, Complete, Broken, Dropped };

    /// One request as it was sent, and the outcome of its response.
    class Sent {
    public:
        explicit Sent(const http::Request& request)
            : method(request.method),
              url(request.url.text()),
              headers(request.headers),
              all_headers(request.headers_to_send()),
              body(request.body) {}

        std::string method;
        std::string url;
        std::vector<std::string> headers;
        std::vector<std::string> all_headers;  ///< With those from the options.
        std::string body;
        Deadline attempt_by;
        std::size_t read = 0;  ///< Bytes of the body that were read.
        Ending ending = Ending::None;
        /// Number of other exchanges that were running when it was sent.
        std::size_t alongside = 0;
    };

    /// Adds an answer for \a url. Several are used one after another; the last one is repeated.
    /// The reference is valid until the next call.
    Script& on(const std::string& url, Script script = Script()) {
        std::deque<Script>& scripts = scripts_[url];
        scripts.push_back(std::move(script));
        return scripts.back();
    }

    [[nodiscard]] const std::deque<Sent>& sent() const noexcept { return sent_; }
    /// Number of exchanges that are running: sent, and the response not yet destroyed.
    [[nodiscard]] std::size_t running() const noexcept { return running_; }
    [[nodiscard]] std::size_t most_running() const noexcept { return most_running_; }

    [[nodiscard]] Task<Result<std::unique_ptr<http::Response>>> send(const http::Request& request,
                                                                     http::SendOptions options,
                                                                     http::Trace& trace) override {
        const Context& context = co_await this_task::context();
        Sent& sent = sent_.emplace_back(request);
        sent.attempt_by = trace.attempt_by(request.attempt_limit());
        sent.alongside = running_;
        // Counts this exchange as running until it is destroyed.
        auto response = std::make_unique<ScriptedResponse>(*this, sent, take(sent.url));
        const Script& script = response->script();
        trace.effective_url = request.url.redacted();
        if (options.listener != nullptr) {
            options.listener->exchange_changed(response.get());
        }
        const Duration connected = script.connected.value_or(script.delay);
        co_await response->pause(connected);
        if (script.connected && options.listener != nullptr) {
            options.listener->connected();
        }
        co_await response->pause(script.delay - connected);
        if (options.listener != nullptr) {
            options.listener->exchange_changed(nullptr);
        }
        trace.total = std::chrono::duration_cast<std::chrono::microseconds>(
            context.scheduler->now() - trace.started);
        if (response->failure()) {
            sent.ending = Ending::NoResponse;
            co_return *response->failure();
        }
        trace.status = script.status;
        co_return Result<std::unique_ptr<http::Response>>(std::move(response));
    }

private:
    class ScriptedResponse final : public http::Response, public http::Exchange {
    public:
        ScriptedResponse(ScriptedClient& client, Sent& sent, Script script)
            : client_(client), sent_(sent), script_(std::move(script)) {
            client_.most_running_ = std::max(client_.most_running_, ++client_.running_);
        }
        ScriptedResponse(const ScriptedResponse&) = delete;
        ScriptedResponse& operator=(const ScriptedResponse&) = delete;
        ~ScriptedResponse() override {
            --client_.running_;
            if (sent_.ending == Ending::None) {
                sent_.ending = Ending::Dropped;
            }
        }

        [[nodiscard]] const Script& script() const noexcept { return script_; }
        [[nodiscard]] const std::optional<Error>& failure() const noexcept {
            return script_.failure;
        }
        /// Waits \a span, or until give_up().
        [[nodiscard]] Task<void> pause(Duration span) {
            const Context& context = co_await this_task::context();
            const Deadline over = Deadline::within(context.scheduler->now(), span);
            const bool given_up = co_await given_up_.wait_until(over);
            static_cast<void>(given_up);
        }
        void abort(const Error& reason) override {
            script_.failure = reason;
            given_up_.set();
        }
        [[nodiscard]] int status() const noexcept override { return script_.status; }
        [[nodiscard]] const std::string& location() const noexcept override {
            return script_.location;
        }
        /// Compares names exactly.
        [[nodiscard]] std::optional<std::string> header(const std::string& name) const override {
            for (const auto& [key, value] : script_.headers) {
                if (key == name) {
                    return value;
                }
            }
            return std::nullopt;
        }

        [[nodiscard]] http::Headers headers() const override {
            http::Headers all;
            for (const auto& [key, value] : script_.headers) {
                all.push_back(key + ": " + value);
            }
            return all;
        }

        [[nodiscard]] Duration first_byte() const override { return script_.delay; }

        [[nodiscard]] Task<Result<std::string_view>> read() override {
            if (next_ == script_.body.size()) {
                sent_.ending = script_.break_off ? Ending::Broken : Ending::Complete;
                if (script_.break_off) {
                    co_return *script_.break_off;
                }
                co_return std::string_view();
            }
            const Script::Piece& piece = script_.body[next_];
            ++next_;
            if (piece.delay > Duration::zero()) {
                co_await sleep_for(piece.delay);
            }
            sent_.read += piece.bytes.size();
            co_return std::string_view(piece.bytes);
        }

    private:
        ScriptedClient& client_;
        Sent& sent_;
        Script script_;
        Event given_up_;
        std::size_t next_ = 0;
    };

    Script take(const std::string& url) {
        const auto found = scripts_.find(url);
        if (found == scripts_.end()) {
            Script unknown;
            unknown.fails(Error(ErrorClass::Connect, "no script for " + url));
            return unknown;
        }
        Script script = found->second.front();
        if (found->second.size() > 1) {
            found->second.pop_front();
        }
        return script;
    }

    std::map<std::string, std::deque<Script>> scripts_;
    std::deque<Sent> sent_;
    std::size_t running_ = 0;
    std::size_t most_running_ = 0;
};

}  // namespace runnel::test
