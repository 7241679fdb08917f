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

/// Looks host names up without holding the loop up.
///
/// Not left to libcurl, which starts a thread per transfer and asks again for a name that is being
/// asked for, nor to libuv, whose four threads are shared, and are joined at exit however long a
/// name server is silent. The look-ups run on threads of our own: started when a name waits and no
/// thread is idle, up to a cap, and ended when idle for a while. So a name that hangs delays only
/// those who asked for it.
///
/// Look-ups of one host at one time are one look-up, and answers are kept for a while. Memory is
/// bounded by the cap on kept hosts and by the callers that wait, not by the hosts ever seen.
///
/// getaddrinfo() cannot be cancelled. So the destructor leaves threads behind that are inside it,
/// the only ones in the program: they hold what they touch, and their late answers are dropped.
/// They must not meet the teardown of the process: who finds lookups_running() above zero at the
/// end leaves by _exit().
///
/// Belongs to the loop's thread. Every resolve() must have ended when it dies; the loop outlives
/// it.
class Resolver {
public:
    using Lookup = LookupThreads::Lookup;

    struct Options {
        explicit Options(std::size_t threads = 64) : max_threads(threads) {}

        std::size_t max_threads;
        std::size_t max_hosts = 4096;                      ///< Answers that are kept.
        Duration keep_success = std::chrono::seconds(60);  ///< How long addresses are kept.
        Duration keep_failure = std::chrono::seconds(1);   ///< How long failures are kept.
        Duration idle_thread = std::chrono::seconds(10);   ///< Until an idle thread ends.
    };

    /// Ends the message of a failure that another try may mend.
    static constexpr std::string_view kTemporaryFailure = "temporary failure in name resolution";

    explicit Resolver(Loop& loop, std::size_t max_threads = 64);
    Resolver(Loop& loop, const Options& options, Lookup lookup = system_lookup);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    /// Ends the idle threads and joins them; never waits for a look-up.
    ~Resolver();

    /// The addresses of \a host, which may be numeric already (also an IPv6 address in brackets).
    /// `localhost` and what ends in `.localhost` is the loopback without asking (RFC 6761).
    ///
    /// Fails with ErrorClass::Dns and the reason; the code is CURLE_COULDNT_RESOLVE_HOST. Resumed
    /// from the ready queue. A stop ends the wait with Cancelled; a look-up that has begun goes on
    /// and its answer is kept, one that nobody waits for any more does not begin.
    [[nodiscard]] Task<Result<Addresses>> resolve(std::string host);

    /// Look-ups that a thread is inside of, wanted or not.
    [[nodiscard]] std::size_t lookups_running() const { return threads_.running(); }
    /// Threads that have not ended.
    [[nodiscard]] std::size_t threads() const { return threads_.count(); }
    /// Answers that are kept, expired ones included.
    [[nodiscard]] std::size_t hosts_kept() const noexcept { return kept_.size(); }

    /// Whether \a host is an IPv4 address, or an IPv6 address with or without brackets.
    [[nodiscard]] static bool is_numeric(std::string_view host);
    /// getaddrinfo(), for both families as far as this machine has them.
    [[nodiscard]] static Result<std::vector<std::string>> system_lookup(const std::string& host);

private:
    /// One host: being looked up until there is an answer, which is kept from then on. Shared with
    /// the tasks that wait, because an answer can be crowded out before they have run.
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

    EntryPtr find_or_start(const std::string& host);
    void deliver();
    void keep(Entry& entry);
    void give_up(const Entry& entry);

    Loop& loop_;
    Options options_;
    std::unordered_map<std::string_view, EntryPtr> entries_;  ///< The keys lie in the entries.
    std::list<Entry*> kept_;                                  ///< The oldest first.
    std::size_t waiting_ = 0;
    LookupThreads threads_;
};

}  // namespace runnel::http
