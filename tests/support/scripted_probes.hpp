#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/call_later.hpp"
#include "async/scheduler.hpp"
#include "base/system_error.hpp"
#include "io/connect_probe.hpp"

namespace runnel::test {

/// Attempts to connect whose outcomes a test decides. Addresses are texts. Must outlive the probes.
class ScriptedProbes {
public:
    /// An attempt that began, and when.
    struct Begun {
        std::string address;
        TimePoint at;
        bool operator==(const Begun& other) const = default;
    };

    explicit ScriptedProbes(Scheduler& scheduler) : scheduler_(scheduler) {}

    /// Attempts to \a address end with \a result (0 or errno) after \a delay; with 0, at once. They
    /// hang by default.
    void ends(const std::string& address, int result, Duration delay = Duration::zero()) {
        scripts_[address] = Script{result, delay};
    }

    /// For AddressRace::Probe, and with to_string() of a SocketAddress for AddressRaces::Probe.
    Result<std::unique_ptr<ConnectProbe>> begin(const std::string& address,
                                                std::function<void()> ended) {
        if (without_resources > 0) {
            --without_resources;
            return system_error(ErrorClass::Internal, "cannot open a socket", EMFILE);
        }
        begun.push_back(Begun{address, scheduler_.now()});
        const auto script = scripts_.find(address);
        auto probe = std::make_unique<Probe>(open);
        if (script != scripts_.end() && script->second.delay == Duration::zero()) {
            probe->end(script->second.result);
        } else if (script != scripts_.end()) {
            Probe* const raw = probe.get();
            probe->later =
                call_later(scheduler_, script->second.delay,
                           [raw, result = script->second.result, report = std::move(ended)] {
                               raw->end(result);
                               report();
                           });
        }
        return std::unique_ptr<ConnectProbe>(std::move(probe));
    }

    std::vector<Begun> begun;
    int open = 0;               ///< Number of probes that exist.
    int without_resources = 0;  ///< As many attempts cannot begin.

private:
    struct Script {
        int result;
        Duration delay;
    };
    class Probe final : public ConnectProbe {
    public:
        explicit Probe(int& open) : open_(open) { ++open_; }
        Probe(const Probe&) = delete;
        Probe& operator=(const Probe&) = delete;
        ~Probe() override { --open_; }
        void end(int result) noexcept { result_ = result; }
        [[nodiscard]] std::optional<int> result() const noexcept override { return result_; }

        std::optional<DelayedCall> later;

    private:
        int& open_;
        std::optional<int> result_;
    };

    Scheduler& scheduler_;
    std::map<std::string, Script> scripts_;
};

}  // namespace runnel::test
