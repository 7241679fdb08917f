#include "app/fetch/fetch_setup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/read_file.hpp"
#include "io/input_file.hpp"
#include "json/document.hpp"

namespace runnel {

namespace {

/// Refuses `--json DATA`. In curl `--json` takes a value, which is one more URL here.
Result<void> check_json_habit(const FetchOptions& options) {
    const auto is_data = [](std::string_view argument) {
        const std::size_t begin = argument.find_first_not_of(" \t\r\n");
        return begin != std::string_view::npos &&
               std::string_view("{[\"@").find(argument[begin]) != std::string_view::npos &&
               argument.find("\"url\"") == std::string_view::npos;
    };
    if (options.format == FetchOptions::Format::Json && !options.url_template &&
        std::any_of(options.urls.begin(), options.urls.end(), is_data)) {
        return bad_input(
            "--json: selects the output format and takes no value; to send JSON use -d DATA -H "
            "'Content-Type: application/json'");
    }
    return {};
}

Result<UniqueFd> open_input(const std::string& name) {
    Result<UniqueFd> opened = open_input_file(name);
    if (!opened) {
        const Error& why = opened.error();
        return bad_input(fmt::format("cannot open {}: {} (-i)", name, why.message()), why.code());
    }
    return opened;
}

/// Returns the text of member \a name; empty if there is none.
std::string_view text_of(const JsonValue& object, std::string_view name) {
    for (const JsonMember& member : object.members) {
        if (member.name == name && member.value.kind == JsonValue::Kind::String) {
            return member.value.text;
        }
    }
    return {};
}

}  // namespace

Result<void> FetchSetup::prepare(Log& log) {
    RUNNEL_TRY_ASSIGN(plan, resolve_fetch(options));
    RUNNEL_TRY(check_json_habit(options));
    RUNNEL_TRY(check_left());
    RUNNEL_TRY(open_inputs());
    RUNNEL_TRY(make_maker());
    return options.dry_run ? Result<void>() : open_outputs(log);
}

Result<void> FetchSetup::open_inputs() {
    for (const std::string& name : options.files) {
        RUNNEL_TRY_ASSIGN(UniqueFd descriptor, name == "-" ? UniqueFd() : open_input(name));
        inputs.push_back(InputReader::File{name, std::move(descriptor)});
    }
    if (inputs.empty() && options.urls.empty()) {
        inputs.push_back(InputReader::File{"-", UniqueFd()});
        if (isatty(STDIN_FILENO) == 1) {
            std::fputs("runnel: reading URLs from the terminal, one per line; end with Ctrl-D\n",
                       stderr);
        }
    }
    return {};
}

Result<void> FetchSetup::make_maker() {
    if (options.mock_routes == "-" && options.reads_stdin()) {
        return bad_input("--mock: the routes and the URLs cannot both be read from stdin");
    }
    http::Policy policy = options.policy;
    policy.max_body = plan->output.max_body;
    policy.keep_compressed_files = plan->output.writes_bodies();
    RUNNEL_TRY_ASSIGN(requests,
                      prepare_requests(options.requests, options.reads_stdin(), options.transport,
                                       std::move(policy), options.mock_routes));
    maker.emplace(*requests->policy, requests->defaults, options.url_template);
    return {};
}

Result<void> FetchSetup::open_outputs(Log& log) {
    RUNNEL_TRY(stats.open(options.stats_file));
    RUNNEL_TRY(files.left.open(options.left, options.separator));
    RUNNEL_TRY(files.dead_letters.open(options.batch.dead_letter, log));
    RUNNEL_TRY(files.journal.open(options.journal, options.resume, log));
    RUNNEL_TRY(open_etags());
    return open_folder();
}

Result<void> FetchSetup::open_folder() {
    if (plan->output.stream) {
        return open_stream();
    }
    if (!plan->output.files) {
        return {};
    }
    const std::string& path = plan->output.files->folder();
    Result<Directory> folder = Directory::make(path);
    if (!folder) {
        return Error(ErrorClass::Sink,
                     fmt::format("--output: cannot write to {}: {}", path.empty() ? "." : path,
                                 folder.error().message()),
                     folder.error().code());
    }
    files.folder.emplace(std::move(*folder));
    keep_run_files();
    return plan->output.claims_files ? claim_names() : Result<void>();
}

/// Refuses `--left` on an input list of a run with `--resume`: the journal identifies equal inputs
/// by their position among each other, which changes when delivered ones are removed.
Result<void> FetchSetup::check_left() const {
    if (options.left.empty() || !options.resume) {
        return {};
    }
    const Result<NamedFile> left = NamedFile::find(options.left);
    std::vector<Result<NamedFile>> lists;
    for (const std::string& name : options.files) {
        lists.push_back(name == "-" ? NamedFile::of_descriptor(STDIN_FILENO)
                                    : NamedFile::find(name));
    }
    if (lists.empty() && options.urls.empty()) {
        lists.emplace_back(NamedFile::of_descriptor(STDIN_FILENO));
    }
    const auto is_left = [&](const Result<NamedFile>& list) {
        return left && list && list->same_file_as(*left);
    };
    if (std::any_of(lists.begin(), lists.end(), is_left)) {
        return bad_input(
            "--left: cannot replace the input list of a run with --resume: --resume numbers equal "
            "inputs in the list, and removing some changes the numbers; name another file, or omit "
            "--resume");
    }
    return {};
}

/// Takes the names of the other files of the run, so that no body replaces one of them.
void FetchSetup::keep_run_files() {
    std::error_code error;
    const std::string& path = plan->output.files->folder();
    const std::string folder =
        std::filesystem::weakly_canonical(path.empty() ? "." : path, error).native() + "/";
    const auto keep = [&](const std::string& option, const std::string& name) {
        const Result<NamedFile> file = NamedFile::find(name);
        if (name.empty() || !file || !file->path().starts_with(folder)) {
            return;
        }
        const std::string kept = file->path().substr(folder.size());
        if (plan->output.claims_files) {
            static_cast<void>(files.names.claim(kept, option));  // the first claim counts
        } else {
            static_cast<void>(files.names.take(kept));
        }
    };
    keep("--journal", options.journal);
    keep("--left", options.left);
    keep("--stats", options.stats_file);
    keep("--etag-store", options.etag_store);
    keep("--dead-letter", options.batch.dead_letter);
    for (const std::string& name : options.files) {
        keep("-i", name);
    }
}

/// Claims the files that earlier runs wrote for the inputs in the journal and in the ETag store.
/// The first of two claims on a file counts.
Result<void> FetchSetup::claim_names() {
    const std::string& folder = plan->output.files->folder();
    const auto claim = [&](std::string_view file, std::string_view url) {
        if (!file.empty() && file.starts_with(folder)) {
            static_cast<void>(files.names.claim(file.substr(folder.size()), url));
        }
    };
    if (files.etags) {
        files.etags->for_each_file(claim);
    }
    return files.journal.for_each_delivered([&](std::string_view entry) {
        const Result<JsonValue> record = parse_json_document(entry);
        if (record) {
            claim(text_of(*record, "file"), text_of(*record, "url"));
        }
    });
}

Result<void> FetchSetup::open_stream() {
    Result<UniqueFd> opened = plan->output.stream->open_to_write();
    if (!opened) {
        return Error(ErrorClass::Sink,
                     fmt::format("--output: cannot write {}: {}", plan->output.stream_name,
                                 opened.error().message()),
                     opened.error().code());
    }
    files.stream = *std::move(opened);
    return {};
}

Result<void> FetchSetup::open_etags() {
    if (options.etag_store.empty()) {
        return {};
    }
    RUNNEL_TRY(etag_file.open(options.etag_store));
    Result<std::string> text = read_file(etag_file.name());
    if (!text && text.error().code() == ENOENT) {
        text = std::string();  // the first run
    }
    Result<EtagStore> etags = text ? EtagStore::read(*text) : std::move(text).error();
    if (!etags) {
        return bad_input(
            fmt::format("--etag-store: {}: {} (name another file, or remove this one to fetch "
                        "everything again)",
                        options.etag_store, etags.error().message()));
    }
    files.etags.emplace(std::move(*etags));
    return {};
}

}  // namespace runnel
