#include "async/timer_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <vector>

namespace runnel {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration span) { return TimePoint() + span; }

class Probe final : public Timer {
public:
    void expire() noexcept override {
        ++expired;
        if (then) {
            then();
        }
    }
    int expired = 0;
    std::function<void()> then;
};

TEST(TimerHeap, IsEmptyAtFirst) {
    TimerHeap heap;
    EXPECT_TRUE(heap.empty());
    EXPECT_EQ(heap.earliest(), std::nullopt);
    heap.expire_until(TimePoint::max());
}

TEST(TimerHeap, ExpiresATimerOnceAtItsMoment) {
    TimerHeap heap;
    Probe probe;
    heap.arm(probe, at(5ms));
    EXPECT_TRUE(probe.armed());
    EXPECT_EQ(probe.when(), at(5ms));
    EXPECT_EQ(heap.earliest(), at(5ms));
    heap.expire_until(at(5ms) - 1ns);
    EXPECT_EQ(probe.expired, 0);
    heap.expire_until(at(5ms));
    heap.expire_until(at(6ms));
    EXPECT_EQ(probe.expired, 1);
    EXPECT_FALSE(probe.armed());
    EXPECT_TRUE(heap.empty());
}

TEST(TimerHeap, ArmingAnArmedTimerMovesIt) {
    TimerHeap heap;
    Probe probe;
    Probe other;
    heap.arm(probe, at(5ms));
    heap.arm(other, at(6ms));
    heap.arm(probe, at(9ms));
    EXPECT_EQ(heap.earliest(), at(6ms));
    heap.arm(probe, at(1ms));
    EXPECT_EQ(heap.earliest(), at(1ms));
    heap.expire_until(at(10ms));
    EXPECT_EQ(probe.expired, 1);
}

TEST(TimerHeap, DisarmingAnIdleTimerChangesNothing) {
    TimerHeap heap;
    Probe probe;
    heap.disarm(probe);
    heap.arm(probe, at(1ms));
    heap.disarm(probe);
    heap.disarm(probe);
    heap.expire_until(at(2ms));
    EXPECT_EQ(probe.expired, 0);
}

TEST(TimerHeap, TimersOfOneMomentExpireInTheOrderTheyWereArmed) {
    TimerHeap heap;
    std::vector<Probe> probes(20);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < probes.size(); ++i) {
        probes[i].then = [&order, i] { order.push_back(i); };
        heap.arm(probes[i], at(1ms));
    }
    heap.expire_until(at(1ms));
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(TimerHeap, ATimerMayBeUsedAgainAfterItExpired) {
    TimerHeap heap;
    Probe probe;
    heap.arm(probe, at(1ms));
    heap.expire_until(at(1ms));
    heap.arm(probe, at(2ms));
    heap.expire_until(at(2ms));
    EXPECT_EQ(probe.expired, 2);
}

TEST(TimerHeap, ATimerTakenBackByAnotherThatExpiresWithItDoesNotExpire) {
    TimerHeap heap;
    Probe first;
    Probe second;
    first.then = [&] { heap.disarm(second); };
    heap.arm(first, at(1ms));
    heap.arm(second, at(2ms));
    heap.expire_until(at(3ms));
    EXPECT_EQ(first.expired, 1);
    EXPECT_EQ(second.expired, 0);
}

TEST(TimerHeap, ATimerArmedWhileOthersExpireWaitsForTheNextCall) {
    TimerHeap heap;
    Probe first;
    Probe second;
    first.then = [&] { heap.arm(second, at(1ms)); };
    heap.arm(first, at(1ms));
    heap.expire_until(at(3ms));
    EXPECT_EQ(second.expired, 0);
    heap.expire_until(at(3ms));
    EXPECT_EQ(second.expired, 1);
}

TEST(TimerHeap, ATimerThatArmsItselfForThePastDoesNotHoldTheOthersBack) {
    TimerHeap heap;
    Probe greedy;
    Probe patient;
    greedy.then = [&] { heap.arm(greedy, at(0ms)); };
    heap.arm(greedy, at(0ms));
    heap.arm(patient, at(5ms));
    heap.expire_until(at(10ms));
    EXPECT_EQ(patient.expired, 1);
    EXPECT_EQ(greedy.expired, 1);
    heap.disarm(greedy);
    heap.disarm(patient);
}

TEST(TimerHeap, ATimerThatArmsItselfForNowDoesNotHoldTheOthersBack) {
    TimerHeap heap;
    Probe greedy;
    std::vector<Probe> patient(4);
    greedy.then = [&] { heap.arm(greedy, at(1ms)); };
    heap.arm(greedy, at(1ms));
    for (Probe& probe : patient) {
        heap.arm(probe, at(1ms));
    }
    heap.expire_until(at(1ms));
    EXPECT_EQ(greedy.expired, 1);
    for (Probe& probe : patient) {
        EXPECT_EQ(probe.expired, 1);
        heap.disarm(probe);
    }
    heap.disarm(greedy);
}

/// The heap under test and a sorted list of the same timers.
class Model {
public:
    explicit Model(unsigned seed) : random_(seed), probes_(40) {
        for (std::size_t i = 0; i < probes_.size(); ++i) {
            probes_[i].then = [this, i] { expired_.push_back(i); };
        }
    }
    ~Model() {
        for (Probe& probe : probes_) {
            heap_.disarm(probe);
        }
    }
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    void step() {
        const std::size_t i = pick(probes_.size());
        switch (pick(4)) {
            case 0:
            case 1: arm(i); break;
            case 2: disarm(i); break;
            default: advance(); break;
        }
        check();
    }

private:
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    }
    void arm(std::size_t i) {
        const TimePoint when = now_ + std::chrono::milliseconds(pick(20)) - 2ms;
        heap_.arm(probes_[i], when);
        sorted_[i] = when;
    }
    void disarm(std::size_t i) {
        heap_.disarm(probes_[i]);
        sorted_.erase(i);
    }
    void advance() {
        now_ += std::chrono::milliseconds(pick(4));
        expired_.clear();
        heap_.expire_until(now_);
        TimePoint last = TimePoint::min();
        for (const std::size_t i : expired_) {
            ASSERT_TRUE(sorted_.contains(i));
            EXPECT_LE(sorted_[i], now_);
            EXPECT_LE(last, sorted_[i]) << "expired out of order";
            last = sorted_[i];
            sorted_.erase(i);
        }
        for (const auto& [i, when] : sorted_) {
            EXPECT_GT(when, now_) << "timer " << i << " is overdue";
        }
    }
    void check() {
        ASSERT_EQ(heap_.empty(), sorted_.empty());
        const auto earlier = [](const auto& a, const auto& b) { return a.second < b.second; };
        const auto first = std::min_element(sorted_.begin(), sorted_.end(), earlier);
        if (first != sorted_.end()) {
            ASSERT_EQ(heap_.earliest(), first->second);
        }
        for (std::size_t i = 0; i < probes_.size(); ++i) {
            ASSERT_EQ(probes_[i].armed(), sorted_.contains(i));
        }
    }

    std::mt19937 random_;
    TimerHeap heap_;
    std::vector<Probe> probes_;
    std::map<std::size_t, TimePoint> sorted_;
    std::vector<std::size_t> expired_;
    TimePoint now_;
};

TEST(TimerHeap, BehavesLikeASortedListInRandomUse) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        Model model(seed);
        for (int i = 0; i < 1'000; ++i) {
            model.step();
            ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << ", step " << i;
        }
    }
}

TEST(TimerDeathTest, DyingWhileArmedStopsTheProgram) {
    TimerHeap heap;
    EXPECT_DEATH(
        {
            Probe probe;
            heap.arm(probe, at(1ms));
        },
        "an armed timer was destroyed");
}

}  // namespace
}  // namespace runnel
