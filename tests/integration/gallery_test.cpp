#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/ensure.hpp"
#include "mock/routes_file.hpp"
#include "mock/server.hpp"

// The output of the gallery's programs does not show how many requests run at once, so the server
// is queried.

namespace runnel {
namespace {

using namespace std::chrono_literals;

mock::Listener listen() {
    Result<mock::Listener> listener = mock::listen_on("127.0.0.1:0");
    return std::move(listener).value();
}

/// The routes of the gallery. Responses named in \a at_once are delayed longer than there, so that
/// on a busy machine the last request arrives before the first response.
mock::Routes gallery_routes(const std::vector<std::string>& at_once) {
    Result<mock::Routes> routes = mock::load_routes(RUNNEL_GALLERY "/routes.json");
    for (const std::string& target : at_once) {
        mock::Request request;
        request.target = target;
        const auto route =
            std::find_if(routes->begin(), routes->end(),
                         [&](const mock::Route& each) { return each.matches(request); });
        RUNNEL_ENSURE(route != routes->end(), "the gallery has no such route");
        mock::Route slower = *route;
        slower.path = target;
        slower.answers.front().delay = 500ms;
        routes->insert(routes->begin(), slower);
    }
    return std::move(routes).value();
}

/// Runs programs of the gallery and records their requests.
class Gallery {
public:
    class Asked {
    public:
        std::size_t times = 0;
        std::size_t most_at_once = 0;
    };

    explicit Gallery(const std::vector<std::string>& at_once)
        : server_(listen(), gallery_routes(at_once),
                  [this](const mock::Request& request, const mock::Answer& /*answer*/) {
                      see(std::string(request.target));
                  }) {}

    /// Returns the exit status of a program, run with an empty environment; -1 after a signal.
    [[nodiscard]] int run(const std::string& program) const {
        const std::string command = "env -i '" + program + "' " + server_.url() + " > /dev/null";
        const int status = std::system(command.c_str());  // NOLINT(cert-env33-c)
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    [[nodiscard]] Asked asked(const std::string& target) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return asked_[target];
    }

private:
    void see(const std::string& target) {
        const std::lock_guard<std::mutex> lock(mutex_);
        Asked& asked = asked_[target];
        ++asked.times;
        asked.most_at_once = std::max(asked.most_at_once, server_.counts().in_flight());
    }

    std::mutex mutex_;
    std::map<std::string, Asked> asked_;
    mock::MockServer server_;  // its thread uses the others
};

TEST(Gallery, AsksForDatesOneAfterAnotherAndThenForAllThreeAtOnce) {
    Gallery gallery({"/date?together"});
    ASSERT_EQ(gallery.run(RUNNEL_EXAMPLE_DATE_HEADERS), 0);
    EXPECT_EQ(gallery.asked("/date?sequential").times, 3U);
    EXPECT_EQ(gallery.asked("/date?sequential").most_at_once, 1U);
    EXPECT_EQ(gallery.asked("/date?together").times, 3U);
    EXPECT_EQ(gallery.asked("/date?together").most_at_once, 3U);
}

TEST(Gallery, AsksForQuotesOneByOneAndAllAtOnceAndFiveAtATime) {
    Gallery gallery({"/quote?together", "/quote?semaphore"});
    ASSERT_EQ(gallery.run(RUNNEL_EXAMPLE_QUOTES), 0);
    EXPECT_EQ(gallery.asked("/quote?sequential").times, 10U);
    EXPECT_EQ(gallery.asked("/quote?sequential").most_at_once, 1U);
    EXPECT_EQ(gallery.asked("/quote?together").times, 10U);
    EXPECT_EQ(gallery.asked("/quote?together").most_at_once, 10U);
    EXPECT_EQ(gallery.asked("/quote?semaphore").times, 10U);
    EXPECT_EQ(gallery.asked("/quote?semaphore").most_at_once, 5U);
}

}  // namespace
}  // namespace runnel
