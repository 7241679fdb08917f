#include "http/address_race.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_loop.hpp"
#include "support/scripted_probes.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<IpAddress>& addresses) {
    Texts texts;
    for (const IpAddress& address : addresses) {
        texts.push_back(address.to_string());
    }
    return texts;
}

TEST(InterleaveFamilies, Alternates) {
    EXPECT_EQ(
        texts_of(interleave_families({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"})),
        (Texts{"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"}));
}

TEST(InterleaveFamilies, BeginsWithTheFamilyOfTheFirst) {
    EXPECT_EQ(texts_of(interleave_families({"192.0.2.1", "2001:db8::1", "2001:db8::2"})),
              (Texts{"192.0.2.1", "2001:db8::1", "2001:db8::2"}));
}

TEST(InterleaveFamilies, KeepsTheOrderOfOneFamily) {
    EXPECT_EQ(texts_of(interleave_families({"192.0.2.2", "192.0.2.1", "192.0.2.3"})),
              (Texts{"192.0.2.2", "192.0.2.1", "192.0.2.3"}));
}

TEST(InterleaveFamilies, DropsRepeatedAddressesAndOtherTexts) {
    EXPECT_EQ(
        texts_of(interleave_families({"2001:db8::1", "nonsense", "2001:DB8:0::1", "192.0.2.1"})),
        (Texts{"2001:db8::1", "192.0.2.1"}));
    EXPECT_TRUE(interleave_families({}).empty());
}

class AddressRaceTest : public testing::Test {
protected:
    void start(const Texts& addresses) {
        race.emplace(
            loop, interleave_families(addresses),
            [this](const IpAddress& address, std::function<void()> ended) {
                return probes.begin(address.to_string(), std::move(ended));
            },
            [this] { ended_at = loop.elapsed(); });
    }
    std::string winner() {
        loop.drain();
        return race->winner() ? race->winner()->to_string() : "none";
    }
    /// The addresses in order of their attempts, with the time of each in milliseconds.
    std::string begun() {
        std::string all;
        for (const test::ScriptedProbes::Begun& each : probes.begun) {
            const auto when =
                std::chrono::duration_cast<std::chrono::milliseconds>(each.at.time_since_epoch());
            all += (all.empty() ? "" : ", ") + each.address + " at " + std::to_string(when.count());
        }
        return all;
    }

    FakeLoop loop;
    test::ScriptedProbes probes{loop};
    std::optional<AddressRace> race;
    std::optional<Duration> ended_at;
};

TEST_F(AddressRaceTest, TriesOneAddressAfterAnother) {
    probes.ends("192.0.2.4", 0, 10ms);
    start({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
    EXPECT_EQ(winner(), "192.0.2.4");
    EXPECT_EQ(begun(), "192.0.2.1 at 0, 192.0.2.2 at 250, 192.0.2.3 at 500, 192.0.2.4 at 750");
    EXPECT_EQ(ended_at, 760ms);
}

TEST_F(AddressRaceTest, GoesOnAtOnceWhenOneFails) {
    probes.ends("192.0.2.1", ECONNREFUSED, 100ms);
    probes.ends("192.0.2.3", 0, 10ms);
    start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
    EXPECT_EQ(winner(), "192.0.2.3");
    EXPECT_EQ(begun(), "192.0.2.1 at 0, 192.0.2.2 at 100, 192.0.2.3 at 350");
}

TEST_F(AddressRaceTest, GoesOnAtOnceWhenAnAttemptFailsAtItsBeginning) {
    probes.ends("192.0.2.1", ENETUNREACH);
    probes.ends("192.0.2.2", ECONNREFUSED);
    probes.ends("192.0.2.3", 0);
    start({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
    EXPECT_EQ(winner(), "192.0.2.3");
    EXPECT_EQ(begun(), "192.0.2.1 at 0, 192.0.2.2 at 0, 192.0.2.3 at 0");
    EXPECT_EQ(ended_at, 0ms);
}

TEST_F(AddressRaceTest, LeavesEarlierAttemptsRunning) {
    probes.ends("192.0.2.1", 0, 600ms);
    start({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
    EXPECT_EQ(winner(), "192.0.2.1");
    EXPECT_EQ(begun(), "192.0.2.1 at 0, 192.0.2.2 at 250, 192.0.2.3 at 500");
    EXPECT_EQ(ended_at, 600ms);
}

TEST_F(AddressRaceTest, ClosesEverySocketWhenThereIsAWinner) {
    probes.ends("192.0.2.2", 0, 10ms);
    start({"192.0.2.1", "192.0.2.2"});
    EXPECT_EQ(winner(), "192.0.2.2");
    EXPECT_EQ(probes.open, 0);
}

TEST_F(AddressRaceTest, HasNoWinnerIfAllFail) {
    probes.ends("192.0.2.1", ECONNREFUSED, 700ms);
    probes.ends("192.0.2.2", EHOSTUNREACH, 3s);
    start({"192.0.2.1", "192.0.2.2"});
    EXPECT_EQ(winner(), "none");
    EXPECT_EQ(ended_at, 3250ms);
}

TEST_F(AddressRaceTest, ContinuesWithoutEndWhileAnAttemptHangs) {
    start({"192.0.2.1", "192.0.2.2"});
    EXPECT_EQ(winner(), "none");
    EXPECT_FALSE(ended_at);
    EXPECT_EQ(probes.open, 2);
    race.reset();
    EXPECT_EQ(probes.open, 0);
}

TEST_F(AddressRaceTest, TriesAnAddressAgainIfTheSystemLacksResources) {
    probes.without_resources = 2;
    probes.ends("192.0.2.1", 0, 10ms);
    start({"192.0.2.1", "192.0.2.2"});
    EXPECT_EQ(winner(), "192.0.2.1");
    EXPECT_EQ(begun(), "192.0.2.1 at 500");
}

TEST_F(AddressRaceTest, ReportsWhatWasTried) {
    probes.ends("192.0.2.2", 0, 10ms);
    start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
    EXPECT_TRUE(race->tried().empty());
    loop.drain();
    EXPECT_EQ(texts_of(race->tried()), (Texts{"192.0.2.1", "192.0.2.2"}));
}

TEST_F(AddressRaceTest, LeavesNoTimerBehind) {
    start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
    ASSERT_TRUE(loop.turn());
    race.reset();
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 0ms);
}

}  // namespace
}  // namespace runnel::http
