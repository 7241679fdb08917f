#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/batch/batch_options.hpp"
#include "app/cli/option_set.hpp"
#include "app/console/progress_mode.hpp"
#include "app/fetch/failure_limit.hpp"
#include "app/options/request_options.hpp"
#include "app/options/schedule_options.hpp"
#include "app/options/transport_options.hpp"
#include "http/expect.hpp"
#include "http/request.hpp"
#include "http/retry.hpp"
#include "json/pointer.hpp"
#include "pipeline/admission_limits.hpp"
#include "pipeline/file_template.hpp"
#include "pipeline/input.hpp"
#include "pipeline/url_template.hpp"
#include "pipeline/write_out_template.hpp"

namespace runnel {

/// What `runnel fetch` was asked to do.
struct FetchOptions {
    [[nodiscard]] static http::RetryRules default_retries() {
        http::RetryRules rules;
        rules.retries = 2;
        return rules;
    }

    /// No number of lines was given.
    [[nodiscard]] static BatchOptions unlimited() {
        BatchOptions batches;
        batches.lines = 0;
        return batches;
    }

    [[nodiscard]] static AdmissionLimits default_limits() {
        AdmissionLimits limits(50);
        limits.breaker = 5;
        return limits;
    }

    enum class Format { Lines, Raw, Json };

    std::vector<std::string> urls;
    std::vector<std::string> files;  ///< `-`: stdin.
    Separator separator = Separator::Newline;
    std::optional<UrlTemplate> url_template;
    ScheduleOptions cron;
    RequestOptions requests;
    bool dry_run = false;
    ProgressMode progress = ProgressMode::Auto;
    AdmissionLimits limits = default_limits();
    Duration hedge = Duration::zero();  ///< See HedgeClient; zero: nothing is hedged.
    FailureLimit max_fail;
    http::RetryRules retry = default_retries();
    std::string stats_file;
    std::string journal;  ///< A file; empty: none.
    std::string mock_routes;
    std::optional<Format> format;  ///< The last that was asked for; none: Lines.
    bool tag = false;
    bool whole = false;       ///< Nothing of a body is printed before all of it has come.
    bool body = false;        ///< Bodies go into the records.
    bool no_clobber = false;  ///< Files that are there are kept.
    bool resume = false;      ///< What the journal tells to be delivered is skipped.
    std::vector<JsonPointer> extract;
    std::vector<std::string> show_headers;
    std::optional<std::string> write_out;                  ///< A format, or `@FILE`.
    std::optional<WriteOutTemplate> write_out_template;    ///< What that says, once it is settled.
    std::optional<std::string> output;                     ///< `-o`, as given.
    std::optional<FileTemplate> file_template;             ///< What that says, once it is settled.
    std::string etag_store;                                ///< A file; empty: none.
    bool keep_order = false;                               ///< Print in the order of the inputs.
    std::uint64_t order_buffer = std::uint64_t{64} << 20;  ///< 0: no limit.
    std::vector<std::string> cmd;         ///< Gets the lines in batches; empty: none.
    BatchOptions batch = unlimited();     ///< As given.
    std::optional<BatchOptions> batches;  ///< What holds, if there are to be batches.
    http::StatusSet expect;
    std::optional<std::uint64_t> max_body;  ///< As given; what holds is the policy's.
    http::Policy policy;
    TransportOptions transport;
    Duration deadline = Duration::zero();
    Duration grace = std::chrono::seconds(10);
    std::uint64_t max_line = std::uint64_t{16} << 20;

    /// Whether inputs are read from stdin: it is named, or nothing is.
    [[nodiscard]] bool reads_stdin() const {
        return std::count(files.begin(), files.end(), "-") > 0 || (urls.empty() && files.empty());
    }
};

/// Describes the command to \a command, which fills \a options in while it parses. Both must live
/// until then.
void describe_fetch(OptionSet& set, FetchOptions& options);

}  // namespace runnel
