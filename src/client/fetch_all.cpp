#include "client/fetch_all.hpp"

#include <algorithm>
#include <utility>

#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "io/run.hpp"

namespace runnel {

namespace {

/// The URLs and their results so far.
class UrlFetcher {
public:
    UrlFetcher(Session& session, std::vector<std::string> urls)
        : session_(session),
          urls_(std::move(urls)),
          results_(urls_.size(), Error(ErrorClass::Deadline, "not finished in time")) {}

    /// Starts \a workers tasks, each of which fetches one URL after another.
    Task<void> run(std::size_t workers) {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (std::size_t i = 0; i < std::min(workers, urls_.size()); ++i) {
            group.start(work());
        }
        co_await group.join();
    }

    [[nodiscard]] std::vector<Result<Reply>> take() && { return std::move(results_); }

private:
    Task<void> work() {
        while (next_ < urls_.size()) {
            const std::size_t mine = next_++;
            Result<Reply> reply = co_await session_.get(urls_[mine]);
            results_[mine] = std::move(reply);
        }
    }

    Session& session_;
    std::vector<std::string> urls_;
    std::vector<Result<Reply>> results_;
    std::size_t next_ = 0;
};

}  // namespace

Task<std::vector<Result<Reply>>> fetch_all(Session& session, std::vector<std::string> urls) {
    UrlFetcher fetcher(session, std::move(urls));
    co_await fetcher.run(session.concurrency());
    co_return std::move(fetcher).take();
}

std::vector<Result<Reply>> fetch_all(std::vector<std::string> urls, SessionOptions options,
                                     Duration limit) {
    Loop loop;
    Session session(loop, std::move(options));
    UrlFetcher fetcher(session, std::move(urls));
    const Deadline deadline = Deadline::after(loop.now(), limit);
    // The results of unfinished URLs are initialised with that error.
    static_cast<void>(run(loop, timeout(fetcher.run(session.concurrency()), deadline)));
    return std::move(fetcher).take();
}

}  // namespace runnel
