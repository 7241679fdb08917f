#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "io/loop.hpp"

namespace runnel::http {

/// The addresses of a host, in the order in which they should be tried: numeric, IPv6 without
/// brackets, at least one, at most kMaxAddresses, none twice.
using Addresses = std::shared_ptr<const std::vector<std::string>>;
inline constexpr std::size_t kMaxAddresses = 16;

/// The threads on which the Resolver makes its blocking look-ups. The one that went idle last works
/// next, so that those a burst has started can end.
///
/// A thread that is inside a look-up when this dies cannot be ended. It is detached, the only kind
/// in the program, and holds all that it touches; its late answer is dropped. Every other thread is
/// joined.
///
/// Belongs to the loop's thread; the loop outlives it.
class LookupThreads {
public:
    /// What a thread calls; it may block, and is called by many at once.
    using Lookup = std::function<Result<std::vector<std::string>>(const std::string& host)>;
    using Ticket = std::uint64_t;

    class Answer {
    public:
        Answer(std::string host, Result<Addresses> addresses)
            : host_(std::move(host)), addresses_(std::move(addresses)) {}

        [[nodiscard]] const std::string& host() const noexcept { return host_; }
        [[nodiscard]] Result<Addresses>& addresses() noexcept { return addresses_; }

    private:
        std::string host_;
        Result<Addresses> addresses_;
    };

    class Limits {
    public:
        Limits(std::size_t max_threads, Duration idle) : max_threads_(max_threads), idle_(idle) {}

        [[nodiscard]] std::size_t max_threads() const noexcept { return max_threads_; }
        /// How long a thread without work lives.
        [[nodiscard]] Duration idle() const noexcept { return idle_; }

    private:
        std::size_t max_threads_;
        Duration idle_;
    };

    /// \a on_answers is called on the loop's thread, in a later turn, when there are answers to
    /// take; never after this has died.
    LookupThreads(Loop& loop, Limits limits, Lookup lookup, std::function<void()> on_answers);
    LookupThreads(const LookupThreads&) = delete;
    LookupThreads& operator=(const LookupThreads&) = delete;
    /// Never waits for a look-up.
    ~LookupThreads();

    /// Has \a host looked up: by an idle thread, by a new one, or by the first that is free when
    /// the cap is reached. Gives an answer in any case.
    Ticket start(std::string host);
    /// Takes a look-up back. False: a thread has it already, and there will be an answer.
    bool withdraw(Ticket ticket);
    [[nodiscard]] std::vector<Answer> take_answers();

    /// Look-ups that a thread is inside of.
    [[nodiscard]] std::size_t running() const;
    /// Threads that have not ended.
    [[nodiscard]] std::size_t count() const;

private:
    struct Shared;

    std::shared_ptr<Shared> shared_;
    Limits limits_;
    Ticket last_ticket_ = 0;
};

/// The failure of a look-up: `<host>: <reason>`.
[[nodiscard]] Error lookup_error(const std::string& host, std::string_view reason);

}  // namespace runnel::http
