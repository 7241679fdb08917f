#include "http/address_races.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_loop.hpp"
#include "support/scripted_probes.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;

const IpAddress kSecond = IpAddress::parse("192.0.2.2").value();

std::vector<IpAddress> list(const std::vector<std::string>& texts) {
    return interleave_families(texts);
}

class AddressRacesTest : public testing::Test {
protected:
    std::string kept(const Endpoint& endpoint) {
        const std::optional<IpAddress> address = races.kept(endpoint, all);
        return address ? address->to_string() : "none";
    }

    const std::vector<IpAddress> all = list({"192.0.2.1", "192.0.2.2", "2001:db8::1"});
    const Endpoint origin{"example.org", 80};
    const Endpoint other{"example.org", 443};
    FakeLoop loop;
    test::ScriptedProbes probes{loop};
    AddressRaces races{loop, [this](const SocketAddress& to, std::function<void()> ended) {
                           return probes.begin(to.to_string(), std::move(ended));
                       }};
    Event first;
    Event second;
};

TEST_F(AddressRacesTest, KeepsTheWinnerAndTellsEveryTransfer) {
    probes.ends("192.0.2.2:80", 0, 10ms);
    const AddressRaces::Seat seat(races, origin, all, first);
    const AddressRaces::Seat another(races, origin, all, second);
    EXPECT_EQ(races.running(), 1U);
    loop.drain();
    EXPECT_TRUE(first.is_set());
    EXPECT_TRUE(second.is_set());
    EXPECT_EQ(kept(origin), "192.0.2.2");
    EXPECT_EQ(probes.begun.size(), 3U) << "there was one race";
    EXPECT_EQ(races.running(), 0U);
}

TEST_F(AddressRacesTest, KeepsAnAddressForItsEndpointOnly) {
    races.keep(origin, kSecond);
    EXPECT_EQ(kept(origin), "192.0.2.2");
    EXPECT_EQ(kept(other), "none");
    races.forget(origin);
    EXPECT_EQ(kept(origin), "none");
}

TEST_F(AddressRacesTest, DoesNotReturnAnAddressThatTheHostNoLongerHas) {
    races.keep(origin, kSecond);
    EXPECT_FALSE(races.kept(origin, list({"192.0.2.1", "192.0.2.3"})));
}

TEST_F(AddressRacesTest, EndsARaceWithItsLastSeat) {
    std::optional<AddressRaces::Seat> seat(std::in_place, races, origin, all, first);
    std::optional<AddressRaces::Seat> another(std::in_place, races, origin, all, second);
    loop.drain();
    EXPECT_EQ(probes.open, 3);
    seat.reset();
    EXPECT_EQ(probes.open, 3);
    another.reset();
    EXPECT_EQ(probes.open, 0);
    EXPECT_EQ(races.running(), 0U);
}

TEST_F(AddressRacesTest, TellsNoTransferThatHasLeft) {
    probes.ends("192.0.2.1:80", 0, 10ms);
    const AddressRaces::Seat seat(races, origin, all, first);
    { const AddressRaces::Seat another(races, origin, all, second); }
    loop.drain();
    EXPECT_TRUE(first.is_set());
    EXPECT_FALSE(second.is_set());
}

TEST_F(AddressRacesTest, BeginsAnotherRaceOnceOneHasEnded) {
    for (const char* to : {"192.0.2.1:80", "192.0.2.2:80", "[2001:db8::1]:80"}) {
        probes.ends(to, ECONNREFUSED, 10ms);
    }
    const AddressRaces::Seat seat(races, origin, all, first);
    loop.drain();
    EXPECT_FALSE(first.is_set()) << "there is no winner";
    EXPECT_EQ(kept(origin), "none");
    probes.ends("192.0.2.2:80", 0, 10ms);
    const AddressRaces::Seat another(races, origin, all, second);
    loop.drain();
    EXPECT_TRUE(second.is_set());
    EXPECT_FALSE(first.is_set());
    EXPECT_EQ(kept(origin), "192.0.2.2");
}

TEST_F(AddressRacesTest, RacesEndpointsSeparately) {
    probes.ends("192.0.2.1:80", 0, 10ms);
    const AddressRaces::Seat seat(races, origin, all, first);
    const AddressRaces::Seat another(races, other, all, second);
    EXPECT_EQ(races.running(), 2U);
    loop.drain();
    EXPECT_TRUE(first.is_set());
    EXPECT_FALSE(second.is_set());
}

TEST_F(AddressRacesTest, KeepsABoundedNumberOfAddresses) {
    std::size_t count = 0;
    for (int port = 1; port <= 5000; ++port) {
        races.keep(Endpoint{"example.org", static_cast<std::uint16_t>(port)}, kSecond);
    }
    for (int port = 1; port <= 5000; ++port) {
        count += kept(Endpoint{"example.org", static_cast<std::uint16_t>(port)}) == "192.0.2.2";
    }
    EXPECT_EQ(count, 4096U);
}

}  // namespace
}  // namespace runnel::http
