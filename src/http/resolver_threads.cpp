#include "http/resolver_threads.hpp"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <optional>

#include "base/ensure.hpp"
#include "http/shortage.hpp"
#include "io/signals_blocked.hpp"

namespace runnel::http {

namespace {

/// Stack size of a thread (bytes). Small, because there may be many.
constexpr std::size_t kStackBytes = std::size_t{256} << 10;

void join(pthread_t thread) {
    RUNNEL_ENSURE(pthread_join(thread, nullptr) == 0, "a look-up thread cannot be joined");
}

/// Returns false if the system cannot create a thread. std::thread does not support a stack size.
bool start_thread(pthread_t& thread, void* (*body)(void*), void* argument) {
    const SignalsBlocked blocked;
    const auto least = static_cast<std::size_t>(std::max(sysconf(_SC_THREAD_STACK_MIN), 0L));
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, std::max(kStackBytes, least));
    const int status = pthread_create(&thread, &attributes, body, argument);
    pthread_attr_destroy(&attributes);
    return status == 0;
}

Result<Addresses> to_addresses(const std::string& host, Result<std::vector<std::string>> found) {
    RUNNEL_TRY_ASSIGN(std::vector<std::string> all, std::move(found));
    std::vector<std::string> kept;
    for (std::string& address : all) {
        if (kept.size() < kMaxAddresses &&
            std::find(kept.begin(), kept.end(), address) == kept.end()) {
            kept.push_back(std::move(address));
        }
    }
    if (kept.empty()) {
        return lookup_error(host, "has no address");
    }
    return std::make_shared<const std::vector<std::string>>(std::move(kept));
}

}  // namespace

Error lookup_error(const std::string& host, std::string_view reason) {
    std::string message = host;
    message += ": ";
    message += reason;
    return Error(ErrorClass::Dns, std::move(message), CURLE_COULDNT_RESOLVE_HOST);
}

/// State shared by the threads and their owner. The mutex guards all members that change.
struct LookupThreads::Shared : std::enable_shared_from_this<Shared> {
    struct Worker {
        pthread_t thread = {};
        /// Shared, so that it can be notified after the mutex was released: a thread that wakes and
        /// waits for the mutex costs two more context switches.
        std::shared_ptr<std::condition_variable> wake = std::make_shared<std::condition_variable>();
        std::optional<std::string> host;
        bool looking = false;
    };
    struct Start {
        std::shared_ptr<Shared> shared;
        Worker* self;
    };

    Shared(Loop& given, Duration idle_limit, Lookup look, std::function<void()> notify)
        : lookup(std::move(look)),
          idle_time(idle_limit),
          on_answers(std::move(notify)),
          loop(&given) {}

    static void* run_thread(void* argument) {
        const std::unique_ptr<Start> start(static_cast<Start*>(argument));
        start->shared->run(*start->self);
        return nullptr;
    }
    void run(Worker& self);
    /// Assigns a look-up to the worker, which counts as running from now on.
    void give(Worker& worker, std::string host) {
        worker.host = std::move(host);
        worker.looking = true;
        ++looking;
    }
    bool next_host(std::unique_lock<std::mutex>& lock, Worker& self);
    void retire(std::unique_lock<std::mutex>& lock, Worker& self);
    bool add_worker();
    void answer(std::unique_lock<std::mutex>& lock, const std::string& host,
                Result<Addresses> addresses);

    const Lookup lookup;
    const Duration idle_time;
    /// Called on the loop's thread only.
    std::function<void()> on_answers;

    std::mutex mutex;
    /// Null after the owner's destruction.
    Loop* loop;
    std::map<Ticket, std::string> queue;
    std::vector<Answer> answers;
    /// Number of threads that are calling the loop without the mutex.
    std::size_t notifying = 0;
    std::condition_variable notified;
    std::list<Worker> workers;
    std::vector<Worker*> idle;
    std::size_t looking = 0;
    /// The thread that ended last. It is joined by the next one that ends, or by the owner.
    std::optional<pthread_t> ended;
};

void LookupThreads::Shared::run(Worker& self) {
    std::unique_lock lock(mutex);
    while (next_host(lock, self)) {
        const std::string host = std::move(*self.host);
        self.host.reset();
        lock.unlock();
        Result<Addresses> addresses = to_addresses(host, lookup(host));
        lock.lock();
        self.looking = false;
        --looking;
        answer(lock, host, std::move(addresses));
    }
}

/// Returns false if the thread must end; \a self may be destroyed then.
bool LookupThreads::Shared::next_host(std::unique_lock<std::mutex>& lock, Worker& self) {
    if (loop == nullptr) {
        return false;
    }
    if (!queue.empty()) {
        give(self, std::move(queue.begin()->second));
        queue.erase(queue.begin());
        return true;
    }
    idle.push_back(&self);
    const auto called = [&] { return self.host || loop == nullptr; };
    const bool in_time = self.wake->wait_for(lock, idle_time, called);
    if (loop == nullptr) {
        return false;
    }
    if (!in_time) {
        retire(lock, self);
    }
    return in_time;
}

void LookupThreads::Shared::retire(std::unique_lock<std::mutex>& lock, Worker& self) {
    std::erase(idle, &self);
    const std::optional<pthread_t> previous = std::exchange(ended, self.thread);
    workers.remove_if([&](const Worker& worker) { return &worker == &self; });
    lock.unlock();
    if (previous) {
        join(*previous);
    }
}

/// Starts a thread that takes its first host from the queue. Called with the mutex locked.
bool LookupThreads::Shared::add_worker() {
    Worker& worker = workers.emplace_back();
    auto start = std::make_unique<Start>();
    start->shared = shared_from_this();
    start->self = &worker;
    if (!start_thread(worker.thread, run_thread, start.get())) {
        workers.pop_back();
        return false;
    }
    static_cast<void>(start.release());
    return true;
}

/// Adds an answer. Called with the mutex locked; unlocks it while it notifies the loop, whose
/// thread wakes up and locks it. The owner waits for `notifying` to be 0 before the loop is
/// destroyed.
void LookupThreads::Shared::answer(std::unique_lock<std::mutex>& lock, const std::string& host,
                                   Result<Addresses> addresses) {
    if (loop == nullptr) {
        return;
    }
    answers.emplace_back(host, std::move(addresses));
    if (answers.size() > 1) {
        return;
    }
    ++notifying;
    lock.unlock();
    loop->call_from_thread([shared = shared_from_this()] {
        if (shared->on_answers) {
            shared->on_answers();
        }
    });
    lock.lock();
    --notifying;
    notified.notify_one();
}

LookupThreads::LookupThreads(Loop& loop, Limits limits, Lookup lookup,
                             std::function<void()> on_answers)
    : shared_(
          std::make_shared<Shared>(loop, limits.idle(), std::move(lookup), std::move(on_answers))),
      limits_(limits) {}

LookupThreads::~LookupThreads() {
    std::vector<pthread_t> ending;
    shared_->on_answers = nullptr;
    {
        std::unique_lock lock(shared_->mutex);
        shared_->notified.wait(lock, [this] { return shared_->notifying == 0; });
        shared_->loop = nullptr;
        for (Shared::Worker& worker : shared_->workers) {
            if (worker.looking) {
                pthread_detach(worker.thread);
            } else {
                ending.push_back(worker.thread);
                worker.wake->notify_one();
            }
        }
        if (shared_->ended) {
            ending.push_back(*shared_->ended);
        }
    }
    for (const pthread_t thread : ending) {
        join(thread);
    }
}

LookupThreads::Ticket LookupThreads::start(std::string host) {
    Shared& shared = *shared_;
    std::unique_lock lock(shared.mutex);
    const Ticket ticket = ++last_ticket_;
    if (!shared.idle.empty()) {
        Shared::Worker& worker = *shared.idle.back();
        shared.idle.pop_back();
        shared.give(worker, std::move(host));
        const std::shared_ptr<std::condition_variable> wake = worker.wake;
        lock.unlock();
        wake->notify_one();
        return ticket;
    }
    shared.queue.emplace(ticket, host);
    const bool full = shared.workers.size() >= std::max<std::size_t>(limits_.max_threads(), 1);
    if (!full && !shared.add_worker() && shared.workers.empty()) {
        shared.queue.erase(ticket);
        shared.answer(lock, host, shortage(EAGAIN));
    }
    return ticket;
}

bool LookupThreads::withdraw(Ticket ticket) {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->queue.erase(ticket) != 0;
}

std::vector<LookupThreads::Answer> LookupThreads::take_answers() {
    std::vector<Answer> taken;
    const std::scoped_lock lock(shared_->mutex);
    taken.swap(shared_->answers);
    return taken;
}

std::size_t LookupThreads::running() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->looking;
}

std::size_t LookupThreads::count() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->workers.size();
}

}  // namespace runnel::http
