#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "app/check/check_options.hpp"
#include "app/check/check_state_file.hpp"
#include "app/options/named_target.hpp"
#include "app/run/output_file.hpp"
#include "mock/server.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// What `check` needs and may not get: everything that can be wrong with its options and files is
/// found here, before anything starts.
class CheckSetup {
public:
    explicit CheckSetup(const CheckOptions& given) : options(given) {}
    CheckSetup(const CheckSetup&) = delete;
    CheckSetup& operator=(const CheckSetup&) = delete;
    ~CheckSetup() = default;

    /// Opens files, reads them, starts the server of `--mock`. Fails with ErrorClass::Sink for a
    /// file that cannot be written, else with ErrorClass::BadInput.
    [[nodiscard]] Result<void> prepare();

    CheckOptions options;
    std::vector<CheckTarget> targets;
    CheckStateFile state;
    OutputFile output{"--output", OutputFile::Mode::Swap};

private:
    [[nodiscard]] Result<void> check_options();
    [[nodiscard]] Result<void> resolve_requests();
    [[nodiscard]] Result<void> add_targets();
    [[nodiscard]] Result<void> add_file(const std::string& name);
    [[nodiscard]] Result<void> add_table(const std::string& text);
    [[nodiscard]] Result<void> add(const NamedTarget& target, const Assertions& assertions);
    [[nodiscard]] Result<http::Request> request_for(const std::string& url,
                                                    const Assertions& assertions);
    [[nodiscard]] Result<http::Request> connection_to(const std::string& url);
    [[nodiscard]] const http::Policy& policy_with(std::uint64_t max_body);
    [[nodiscard]] Result<void> check_targets();
    [[nodiscard]] Result<void> open_files();

    RequestDefaults defaults_;
    /// The requests refer to these. The last one is for those that come next.
    std::deque<http::Policy> policies_;
    std::optional<http::Policy> direct_;  ///< Of connections: without a proxy.
    std::unique_ptr<mock::MockServer> mock_;
};

}  // namespace runnel
