#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/console/log.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/fetch/input_reader.hpp"
#include "app/fetch/run_files.hpp"
#include "app/run/output_file.hpp"
#include "mock/server.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// What a run of `fetch` needs and may not get: everything that can be wrong with its options and
/// files is found here, before anything starts.
class FetchSetup {
public:
    explicit FetchSetup(const FetchOptions& given) : options(given) {}
    FetchSetup(const FetchSetup&) = delete;
    FetchSetup& operator=(const FetchSetup&) = delete;
    ~FetchSetup() = default;

    /// Opens files, reads them, starts the server of `--mock`. Fails with ErrorClass::Sink for a
    /// file that cannot be written, else with ErrorClass::BadInput.
    [[nodiscard]] Result<void> prepare(Log& log);

    FetchOptions options;  ///< Settled; the others refer to it.
    std::vector<InputReader::File> files;
    std::optional<RequestMaker> maker;
    OutputFile stats{"--stats", OutputFile::Mode::Replace};
    OutputFile etag_file{"--etag-store", OutputFile::Mode::Swap};
    RunFiles written;
    std::unique_ptr<mock::MockServer> mock;

private:
    [[nodiscard]] Result<void> open_inputs();
    [[nodiscard]] Result<void> make_maker();
    [[nodiscard]] Result<void> start_mock();
    [[nodiscard]] Result<void> open_written(Log& log);
    [[nodiscard]] Result<void> open_folder();
    [[nodiscard]] Result<void> open_etags();
};

}  // namespace runnel
