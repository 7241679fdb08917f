// B3: the Date header of three responses, requested one after another and then concurrently.
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

class Dated {
public:
    Dated(std::string its_date, Duration its_time) : date(std::move(its_date)), took(its_time) {}
    std::string date;
    Duration took;
};

double seconds(Duration span) { return std::chrono::duration<double>(span).count(); }

Task<Dated> fetch_date(Loop& loop, Session& session, std::string url, int number) {
    std::cout << "request " << number << " begins\n";
    const TimePoint start = loop.now();
    const Result<Reply> reply = co_await session.get(url);
    const Duration took = loop.now() - start;
    co_return Dated(reply ? reply->header("Date").value_or("no date") : reply.error().message(),
                    took);
}

void print(const std::vector<Dated>& dates, Duration took) {
    Duration sum = Duration::zero();
    for (std::size_t i = 0; i < dates.size(); ++i) {
        std::cout << "request " << i + 1 << ": " << dates[i].date
                  << ", took: " << seconds(dates[i].took) << " seconds\n";
        sum += dates[i].took;
    }
    std::cout << "all of it took: " << seconds(took) << " seconds, "
              << (took < sum ? "at once\n" : "one after another\n");
}

Task<void> compare(Loop& loop, std::string url) {
    Session session(loop);
    std::vector<Dated> dates;
    TimePoint start = loop.now();
    for (int number = 1; number <= 3; ++number) {
        dates.push_back(co_await fetch_date(loop, session, url + "?sequential", number));
    }
    print(dates, loop.now() - start);

    std::vector<Task<Dated>> tasks;
    start = loop.now();
    for (int number = 1; number <= 3; ++number) {
        tasks.push_back(fetch_date(loop, session, url + "?together", number));
    }
    dates = co_await gather(std::move(tasks));
    print(dates, loop.now() - start);
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    std::cout << std::fixed << std::setprecision(2);
    run([&](Loop& loop) { return compare(loop, url + "/date"); });
}
