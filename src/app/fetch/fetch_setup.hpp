#pragma once

#include <optional>
#include <vector>

#include "app/console/log.hpp"
#include "app/fetch/fetch_plan.hpp"
#include "app/fetch/input_reader.hpp"
#include "app/fetch/run_files.hpp"
#include "app/run/output_file.hpp"
#include "app/run/request_setup.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// The plan, the requests and the files of a run of `fetch`. Everything that can be wrong with its
/// options and files is found by prepare(), before anything starts.
class FetchSetup {
public:
    /// \a options must outlive this.
    explicit FetchSetup(const FetchOptions& given) : options(given) {}
    FetchSetup(const FetchSetup&) = delete;
    FetchSetup& operator=(const FetchSetup&) = delete;
    ~FetchSetup() = default;

    /// Resolves the options, opens and reads files, and starts the server of `--mock`. Fails with
    /// ErrorClass::Sink if a file cannot be written, else with ErrorClass::BadInput.
    [[nodiscard]] Result<void> prepare(Log& log);

    const FetchOptions& options;
    std::optional<FetchPlan> plan;         ///< Set by prepare(), like all that follow.
    std::optional<RequestSetup> requests;  ///< The maker and its requests refer to it.
    std::optional<RequestMaker> maker;
    std::vector<InputReader::File> inputs;
    OutputFile stats{"--stats", OutputFile::Mode::Replace};
    OutputFile etag_file{"--etag-store", OutputFile::Mode::Update, AtomicFile::Access::Owner};
    RunFiles files;

private:
    [[nodiscard]] Result<void> make_maker();
    [[nodiscard]] Result<void> open_inputs();
    [[nodiscard]] Result<void> open_outputs(Log& log);
    [[nodiscard]] Result<void> open_folder();
    [[nodiscard]] Result<void> open_stream();
    [[nodiscard]] Result<void> claim_names();
    [[nodiscard]] Result<void> check_left() const;
    void keep_run_files();
    [[nodiscard]] Result<void> open_etags();
};

}  // namespace runnel
