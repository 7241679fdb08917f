#include "app/format/item.hpp"

#include "json/extract.hpp"

namespace runnel {

namespace {

/// Returns the CURLcode of the record: that of the failure if it has one, else libcurl's.
std::optional<int> exit_code(const http::Trace& trace, const Record& record) {
    if (record.state() == Record::State::Cancelled) {
        return std::nullopt;
    }
    const bool own = trace.curl_code && record.failure && record.failure->code() != 0;
    return own ? record.failure->code() : trace.curl_code;
}

void copy_trace(const http::Trace& trace, Record& record) {
    record.url_effective = trace.effective_url;
    if (trace.status > 0) {
        record.response_code = trace.status;
    }
    record.http_version = trace.http_version;
    record.content_type = trace.content_type;
    record.size_download = trace.size_download;
    record.size_header = trace.size_header;
    record.num_redirects = trace.redirects;
    record.attempts = trace.attempts;
    record.hedged = trace.hedged;
    record.remote_ip = trace.remote_ip;
    record.remote_port = trace.remote_port;
    record.time_namelookup = trace.namelookup;
    record.time_connect = trace.connect;
    record.time_appconnect = trace.appconnect;
    record.time_pretransfer = trace.pretransfer;
    record.time_starttransfer = trace.starttransfer;
    record.time_redirect = trace.redirect;
    record.time_total = trace.total;
}

}  // namespace

std::string tag_of(std::string_view input) {
    std::string tag;
    append_field(tag, input);
    tag += '\t';
    return tag;
}

std::string Item::tag(bool wanted) const { return wanted ? tag_of(input.text) : std::string(); }

Record to_record(Item& item, TimePoint now) {
    Record record;
    record.input = std::move(item.input.text);
    record.file_in = std::move(item.input.file_in);
    record.line = item.input.line_number;
    record.id = std::move(item.input.id);
    record.extra = std::move(item.input.extra);
    record.finished = std::chrono::system_clock::now();
    record.failure = std::move(item.failure);
    record.time_queue = std::chrono::microseconds(0);
    if (item.input.request) {
        const http::Request& request = *item.input.request;
        record.method = request.method;
        record.url = request.url.redacted();
        const Duration queued = item.trace.attempts > 0 ? item.trace.queued : now - item.read_at;
        record.time_queue = std::chrono::duration_cast<std::chrono::microseconds>(queued);
    }
    record.exitcode = exit_code(item.trace, record);
    copy_trace(item.trace, record);
    record.not_modified = item.not_modified;
    if (!record.failure) {
        record.file = std::move(item.file);
    }
    record.response_body = std::move(item.body);
    return record;
}

}  // namespace runnel
