#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/event.hpp"
#include "http/address_race.hpp"
#include "http/route.hpp"

namespace runnel::http {

/// The races between addresses of a client, and the addresses that they found. The transfers that
/// wait for a connection to an endpoint share one race.
///
/// All tasks that hold a Seat must end before it is destroyed.
class AddressRaces {
    struct Shared;

public:
    /// See AddressRace::Probe. \a to is the address with the port of the endpoint.
    using Probe = std::function<Result<std::unique_ptr<ConnectProbe>>(const SocketAddress& to,
                                                                      std::function<void()> ended)>;

    /// \a scheduler and all that \a probe uses must outlive this.
    AddressRaces(Scheduler& scheduler, Probe probe);
    AddressRaces(const AddressRaces&) = delete;
    AddressRaces& operator=(const AddressRaces&) = delete;
    ~AddressRaces();

    /// Returns the address that is kept for \a endpoint if it is one of \a addresses.
    [[nodiscard]] std::optional<IpAddress> kept(const Endpoint& endpoint,
                                                const std::vector<IpAddress>& addresses) const;
    /// Keeps \a address as the one to connect to first.
    void keep(const Endpoint& endpoint, const IpAddress& address);
    /// Forgets the address that is kept for \a endpoint, because connections to it fail.
    void forget(const Endpoint& endpoint);

    /// The part of one transfer in the race of its endpoint. The race ends with its last seat.
    class Seat {
    public:
        /// Joins the race of \a endpoint. If there is none, begins one between \a addresses. When
        /// it has a winner, the race keeps it, and sets \a decided, which must outlive this.
        Seat(AddressRaces& races, const Endpoint& endpoint, std::vector<IpAddress> addresses,
             Event& decided);
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat();

        /// See AddressRace::tried.
        [[nodiscard]] std::vector<IpAddress> tried() const;

    private:
        std::shared_ptr<Shared> shared_;
        Event& decided_;
    };

    /// Number of races under way.
    [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }

private:
    void keep_as(const std::string& key, const IpAddress& address);
    [[nodiscard]] std::shared_ptr<Shared> join(const Endpoint& endpoint,
                                               std::vector<IpAddress> addresses);

    Scheduler& scheduler_;
    Probe probe_;
    /// By endpoint, as text.
    std::unordered_map<std::string, IpAddress> kept_;
    std::unordered_map<std::string, std::weak_ptr<Shared>> running_;
};

}  // namespace runnel::http
