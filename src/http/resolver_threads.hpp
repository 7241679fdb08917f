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

/// The numeric addresses of a host in order of preference: from 1 to kMaxAddresses, without
/// duplicates; IPv6 without brackets.
using Addresses = std::shared_ptr<const std::vector<std::string>>;
inline constexpr std::size_t kMaxAddresses = 16;

/// The threads for the blocking look-ups of Resolver. The thread that became idle last gets the
/// next look-up, so that threads started by a burst can end.
///
/// The destructor detaches threads that are inside a look-up, because they cannot be interrupted.
/// They own all that they use, and their answers are dropped. All other threads are joined.
///
/// To be used on the loop's thread; the loop must outlive it.
class LookupThreads {
public:
    /// A blocking look-up; called by several threads at a time.
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
        /// Time after which an idle thread ends.
        [[nodiscard]] Duration idle() const noexcept { return idle_; }

    private:
        std::size_t max_threads_;
        Duration idle_;
    };

    /// \a on_answers is called on the loop's thread, in a later turn, when there are answers to
    /// take; never after the destruction of this.
    LookupThreads(Loop& loop, Limits limits, Lookup lookup, std::function<void()> on_answers);
    LookupThreads(const LookupThreads&) = delete;
    LookupThreads& operator=(const LookupThreads&) = delete;
    /// Does not wait for look-ups.
    ~LookupThreads();

    /// Starts a look-up of \a host on an idle thread or a new one, or queues it if the maximum of
    /// threads is reached. There will be an answer unless it is withdrawn.
    Ticket start(std::string host);
    /// Removes a queued look-up. Returns false if it has begun; there will be an answer then.
    bool withdraw(Ticket ticket);
    [[nodiscard]] std::vector<Answer> take_answers();

    /// Number of look-ups in progress.
    [[nodiscard]] std::size_t running() const;
    /// Number of threads that have not ended.
    [[nodiscard]] std::size_t count() const;

private:
    struct Shared;

    std::shared_ptr<Shared> shared_;
    Limits limits_;
    Ticket last_ticket_ = 0;
};

/// Makes the error of a look-up, with the message `<host>: <reason>`.
[[nodiscard]] Error lookup_error(const std::string& host, std::string_view reason);

}  // namespace runnel::http
