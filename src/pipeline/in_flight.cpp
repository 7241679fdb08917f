#include "pipeline/in_flight.hpp"

#include "base/ensure.hpp"

namespace runnel {

class InFlight::Waiting {
public:
    explicit Waiting(InFlight& all) : all_(all) { all.waiting_.push_back(&ended); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { all_.waiting_.remove(&ended); }

    Event ended;

private:
    InFlight& all_;
};

void InFlight::end() {
    --count_;
    if (!waiting_.empty()) {
        waiting_.front()->set();
        waiting_.pop_front();
    }
}

Task<void> InFlight::end_of_another() {
    RUNNEL_ENSURE(has_others(),
                  "end_of_another() was called although all other work waits as well");
    Waiting waiting(*this);
    co_await waiting.ended.wait();
}

}  // namespace runnel
