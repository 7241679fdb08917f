#include "http/resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/ensure.hpp"
#include "base/system_error.hpp"
#include "base/text.hpp"
#include "http/shortage.hpp"

namespace runnel::http {

namespace {

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};

bool is_local(std::string_view lower) {
    if (lower.ends_with('.')) {
        lower.remove_suffix(1);
    }
    return lower == "localhost" || lower.ends_with(".localhost");
}

Addresses make_addresses(std::vector<std::string> list) {
    return std::make_shared<const std::vector<std::string>>(std::move(list));
}

std::string_view reason_of(int status) {
    return status == EAI_AGAIN ? Resolver::kTemporaryFailure
                               : std::string_view(gai_strerror(status));
}

/// Returns an empty text for a family that is neither IPv4 nor IPv6.
std::string to_text(const addrinfo& found) {
    const void* address = nullptr;
    if (found.ai_family == AF_INET) {
        address = &reinterpret_cast<const sockaddr_in*>(found.ai_addr)->sin_addr;
    } else if (found.ai_family == AF_INET6) {
        address = &reinterpret_cast<const sockaddr_in6*>(found.ai_addr)->sin6_addr;
    }
    std::array<char, INET6_ADDRSTRLEN> text = {};
    if (address == nullptr ||
        inet_ntop(found.ai_family, address, text.data(), text.size()) == nullptr) {
        return {};
    }
    return text.data();
}

}  // namespace

/// Counts a task that waits for an entry.
class Resolver::Interest {
public:
    Interest(Resolver& resolver, Entry& entry) noexcept : resolver_(resolver), entry_(entry) {
        ++resolver_.waiting_;
        ++entry_.waiters;
    }
    Interest(const Interest&) = delete;
    Interest& operator=(const Interest&) = delete;
    ~Interest() {
        --resolver_.waiting_;
        if (--entry_.waiters == 0 && !entry_.answer) {
            resolver_.drop(entry_);
        }
    }

private:
    Resolver& resolver_;
    Entry& entry_;
};

Resolver::Resolver(Loop& loop, std::size_t max_threads) : Resolver(loop, Options(max_threads)) {}

Resolver::Resolver(Loop& loop, const Options& options, Lookup lookup)
    : loop_(loop),
      options_(options),
      threads_(loop, LookupThreads::Limits(options.max_threads, options.idle_thread),
               std::move(lookup), [this] { deliver(); }) {}

Resolver::~Resolver() {
    RUNNEL_ENSURE(waiting_ == 0, "a Resolver was destroyed while tasks wait for it");
}

Task<Result<Addresses>> Resolver::resolve(std::string host, Cached cached) {
    if (is_numeric(host)) {
        std::vector<std::string> list(1, std::string(without_brackets(host)));
        co_return make_addresses(std::move(list));
    }
    host = lower_case(host);
    if (is_local(host)) {
        // IPv4 first, because development servers usually listen there.
        std::vector<std::string> list(1, "127.0.0.1");
        list.emplace_back("::1");
        co_return make_addresses(std::move(list));
    }
    if (host.empty() || host.find('\0') != std::string::npos) {
        co_return lookup_error(host, "is not a host name");
    }
    const EntryPtr entry = find_or_start(host, cached);
    const Interest interest(*this, *entry);
    co_await entry->answered.wait();
    co_return *entry->answer;
}

Resolver::EntryPtr Resolver::find_or_start(const std::string& host, Cached cached) {
    if (const auto found = entries_.find(host); found != entries_.end()) {
        const bool is_current = cached == Cached::Use && loop_.now() < found->second->expires;
        if (!found->second->answer || is_current) {
            return found->second;
        }
        kept_.erase(found->second->place);
        entries_.erase(found);
    }
    auto entry = std::make_shared<Entry>();
    entry->host = host;
    entries_.emplace(entry->host, entry);
    entry->ticket = threads_.start(host);
    return entry;
}

/// Drops \a entry, for which no task waits any longer, unless its look-up has begun.
void Resolver::drop(const Entry& entry) {
    if (threads_.withdraw(entry.ticket)) {
        entries_.erase(entries_.find(entry.host));
    }
}

void Resolver::deliver() {
    for (LookupThreads::Answer& answer : threads_.take_answers()) {
        const auto found = entries_.find(answer.host());
        RUNNEL_ENSURE(found != entries_.end(), "an answer without an entry");
        const EntryPtr entry = found->second;
        entry->answer.emplace(std::move(answer.addresses()));
        keep(*entry);
        entry->answered.set();
    }
}

void Resolver::keep(Entry& entry) {
    Duration lifetime = options_.keep_success;
    if (!entry.answer->ok()) {
        // That the system lacked resources says nothing about the host.
        const bool short_of = is_shortage(entry.answer->error());
        lifetime = short_of ? Duration::zero() : options_.keep_failure;
    }
    entry.expires = loop_.now() + lifetime;
    entry.place = kept_.insert(kept_.end(), &entry);
    if (kept_.size() > options_.max_hosts) {
        const auto oldest = entries_.find(kept_.front()->host);
        kept_.pop_front();
        entries_.erase(oldest);
    }
}

bool Resolver::is_numeric(std::string_view host) {
    in6_addr unused = {};
    std::string address(without_brackets(host));
    if (address.find('\0') != std::string::npos) {
        return false;
    }
    if (address.size() == host.size() && inet_pton(AF_INET, address.c_str(), &unused) == 1) {
        return true;
    }
    // Remove a zone, as in fe80::1%eth0.
    if (const std::size_t zone = address.find('%'); zone != std::string::npos) {
        address.resize(zone);
    }
    return inet_pton(AF_INET6, address.c_str(), &unused) == 1;
}

Result<std::vector<std::string>> Resolver::system_lookup(const std::string& host) {
    addrinfo hints = {};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    errno = 0;
    const int status = getaddrinfo(host.c_str(), nullptr, &hints, &list);
    // The status itself may be that the name does not exist.
    if (status != 0 && is_lack_of_resources(errno)) {
        return shortage(errno);
    }
    if (status == EAI_SYSTEM) {
        return lookup_error(host, std::system_category().message(errno));
    }
    if (status != 0) {
        return lookup_error(host, reason_of(status));
    }
    const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
    std::vector<std::string> addresses;
    for (const addrinfo* found = list; found != nullptr; found = found->ai_next) {
        if (std::string text = to_text(*found); !text.empty()) {
            addresses.push_back(std::move(text));
        }
    }
    return addresses;
}

}  // namespace runnel::http
