#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "http/resolver_threads.hpp"
#include "io/loop.hpp"

namespace runnel::http {

/// Resolves host names without blocking the loop.
///
/// libcurl is not used for this, because it starts a thread per transfer and does not share pending
/// look-ups. Neither is libuv, because its four threads are shared, and are joined at exit even if
/// a name server does not answer. The look-ups run on threads of our own, which are started when a
/// name is queued and no thread is idle, up to a maximum, and end after some idle time.
///
/// Concurrent look-ups of a host are one look-up, and answers are cached. Memory is bounded by the
/// size of the cache and the number of waiting callers.
///
/// getaddrinfo() cannot be cancelled, so the destructor detaches threads that are inside it. They
/// own all that they use, and their answers are dropped. They must not run during the teardown of
/// the process: if lookups_running() is not 0 at the end, the program must leave by _exit().
///
/// To be used on the loop's thread. All resolve() tasks must end before it is destroyed; the loop
/// must outlive it.
class Resolver {
public:
    using Lookup = LookupThreads::Lookup;

    struct Options {
        explicit Options(std::size_t threads = 64) : max_threads(threads) {}

        std::size_t max_threads;
        std::size_t max_hosts = 4096;                      ///< Maximum number of cached answers.
        Duration keep_success = std::chrono::seconds(60);  ///< Lifetime of cached addresses.
        Duration keep_failure = std::chrono::seconds(1);   ///< Lifetime of cached failures.
        Duration idle_thread = std::chrono::seconds(10);  ///< Time after which an idle thread ends.
    };

    /// Whether an answer that is already there may be used.
    enum class Cached { Use, Ignore };

    /// End of the message of a temporary failure.
    static constexpr std::string_view kTemporaryFailure = "temporary failure in name resolution";

    explicit Resolver(Loop& loop, std::size_t max_threads = 64);
    Resolver(Loop& loop, const Options& options, Lookup lookup = system_lookup);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    /// Ends and joins the idle threads. Does not wait for look-ups.
    ~Resolver();

    /// Waits for the addresses of \a host, which may be numeric (an IPv6 address may be in
    /// brackets). `localhost` and names that end in `.localhost` are the loopback addresses (RFC
    /// 6761).
    ///
    /// Fails with ErrorClass::Dns and code CURLE_COULDNT_RESOLVE_HOST. Throws Cancelled when stop
    /// is requested. A look-up that has begun is completed and cached; a queued one without waiting
    /// callers is dropped. With Cached::Ignore, only a look-up in progress is shared.
    [[nodiscard]] Task<Result<Addresses>> resolve(std::string host, Cached cached = Cached::Use);

    /// Number of look-ups in progress, including those without waiting callers.
    [[nodiscard]] std::size_t lookups_running() const { return threads_.running(); }
    /// Number of threads that have not ended.
    [[nodiscard]] std::size_t threads() const { return threads_.count(); }
    /// Number of cached answers, including expired ones.
    [[nodiscard]] std::size_t hosts_kept() const noexcept { return kept_.size(); }

    /// Whether \a host is an IPv4 address, or an IPv6 address with or without brackets.
    [[nodiscard]] static bool is_numeric(std::string_view host);
    /// Calls getaddrinfo() for the address families that this machine has.
    [[nodiscard]] static Result<std::vector<std::string>> system_lookup(const std::string& host);

private:
    /// A host with its pending look-up or its cached answer. Shared with the waiting tasks, because
    /// the answer may be evicted before they run.
    struct Entry {
        Entry() = default;

        std::string host;
        LookupThreads::Ticket ticket = 0;
        std::size_t waiters = 0;
        Event answered;
        std::optional<Result<Addresses>> answer;
        TimePoint expires;
        std::list<Entry*>::iterator place;
    };
    using EntryPtr = std::shared_ptr<Entry>;
    class Interest;

    EntryPtr find_or_start(const std::string& host, Cached cached);
    void deliver();
    void keep(Entry& entry);
    void drop(const Entry& entry);

    Loop& loop_;
    Options options_;
    std::unordered_map<std::string_view, EntryPtr> entries_;  ///< Keys refer to the entries.
    std::list<Entry*> kept_;                                  ///< Oldest first.
    std::size_t waiting_ = 0;
    LookupThreads threads_;
};

}  // namespace runnel::http
