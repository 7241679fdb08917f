#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/race/race_options.hpp"
#include "mock/server.hpp"
#include "pipeline/request_maker.hpp"
#include "service/source.hpp"

namespace runnel {

/// What a race needs and may not get: everything that can be wrong with its options and files is
/// found here, before anything starts.
class RaceSetup {
public:
    explicit RaceSetup(const RaceOptions& given) : options(given) {}
    RaceSetup(const RaceSetup&) = delete;
    RaceSetup& operator=(const RaceSetup&) = delete;
    ~RaceSetup() = default;

    /// Settles how requests go out, and starts the server of `--mock`. Comes first. Fails with
    /// ErrorClass::BadInput, as the others do.
    [[nodiscard]] Result<void> settle();
    /// Adds a source with the rules that hold for all, which stands behind the others.
    [[nodiscard]] Result<void> add(std::string name, const std::string& url, Extraction extraction,
                                   std::vector<Validator> validators);
    /// Whether the sources are enough for what is asked of them. Comes last.
    [[nodiscard]] Result<void> check() const;

    RaceOptions options;  ///< The sources refer to its policy.
    std::vector<Source> sources;

private:
    std::optional<RequestMaker> maker_;
    std::unique_ptr<mock::MockServer> mock_;
};

}  // namespace runnel
