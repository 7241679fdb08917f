#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/batch/batch_options.hpp"
#include "app/cli/option_set.hpp"
#include "app/console/progress_mode.hpp"
#include "app/options/failure_limit.hpp"
#include "app/options/request_options.hpp"
#include "app/options/schedule_options.hpp"
#include "app/options/transport_options.hpp"
#include "http/expect.hpp"
#include "http/request.hpp"
#include "http/retry.hpp"
#include "json/pointer.hpp"
#include "pipeline/admission_limits.hpp"
#include "pipeline/input.hpp"
#include "pipeline/url_template.hpp"

namespace runnel {

/// The options of `runnel fetch` as parsed; resolve_fetch() makes a FetchPlan of them. A limit of 0
/// means no limit; a file name is empty if not set.
struct FetchOptions {
    [[nodiscard]] static http::RetryRules default_retries() {
        http::RetryRules rules;
        rules.retries = 2;
        return rules;
    }

    /// The number of lines is 0 if not set.
    [[nodiscard]] static BatchOptions default_batch() {
        BatchOptions batch;
        batch.lines = 0;
        return batch;
    }

    [[nodiscard]] static AdmissionLimits default_limits() {
        AdmissionLimits limits(50);
        limits.breaker = 5;
        return limits;
    }

    enum class Format { Lines, Raw, Json };

    std::vector<std::string> urls;
    std::vector<std::string> files;  ///< `-` is stdin.
    Separator separator = Separator::Newline;
    std::optional<UrlTemplate> url_template;
    ScheduleOptions cron;
    RequestOptions requests;
    bool dry_run = false;
    ProgressMode progress = ProgressMode::Auto;
    AdmissionLimits limits = default_limits();
    Duration hedge = Duration::zero();  ///< 0 means no hedges.
    FailureLimit max_fail;
    http::RetryRules retry = default_retries();
    std::string stats_file;
    std::string left;  ///< The file of `--left`.
    std::string journal;
    std::string mock_routes;
    std::optional<Format> format;  ///< The last one given; Lines if not set.
    bool tag = false;
    bool whole = false;
    bool body = false;
    bool no_clobber = false;
    bool resume = false;
    std::vector<JsonPointer> extract;
    std::vector<std::string> show_headers;
    std::optional<std::string> missing;    ///< Printed for a missing value.
    std::optional<std::string> write_out;  ///< A format, or `@FILE`.
    std::optional<std::string> output;     ///< A template of file names.
    std::string etag_store;
    bool keep_order = false;
    std::uint64_t order_buffer = std::uint64_t{64} << 20;
    std::vector<std::string> cmd;  ///< CMD ARGS; empty if not set.
    BatchOptions batch = default_batch();
    http::StatusSet expect;
    std::optional<std::uint64_t> max_body;
    http::Policy policy;
    TransportOptions transport;
    Duration deadline = Duration::zero();
    Duration grace = std::chrono::seconds(10);
    std::uint64_t max_line = std::uint64_t{16} << 20;

    /// Whether inputs are read from stdin, which is also the default.
    [[nodiscard]] bool reads_stdin() const {
        return std::count(files.begin(), files.end(), "-") > 0 || (urls.empty() && files.empty());
    }
};

/// Describes the command to \a command, which fills \a options in while it parses. Both must live
/// until then.
void describe_fetch(OptionSet& set, FetchOptions& options);

}  // namespace runnel
