#include "pipeline/write_out_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <optional>

#include "base/read_file.hpp"
#include "http/header.hpp"
#include "json/extract.hpp"

namespace runnel {

namespace {

void append_value(std::string& out, const std::string& text) { out += text; }

void append_value(std::string& out, bool value) { out += value ? "true" : "false"; }

template <std::integral Number>
void append_value(std::string& out, Number number) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

void append_value(std::string& out, std::chrono::microseconds time) {
    out += fmt::format("{:.6f}", std::chrono::duration<double>(time).count());
}

void append_value(std::string& out, std::chrono::system_clock::time_point when) {
    out += time_stamp(when);
}

template <class Value>
void append_value(std::string& out, const std::optional<Value>& value) {
    if (value) {
        append_value(out, *value);
    }
}

template <auto Member>
void append_member(const Record& record, std::string& out) {
    append_value(out, record.*Member);
}

/// Appends the input, in one column.
void append_input(const Record& record, std::string& out) { append_field(out, record.input); }

/// Appends the time; zero if it is unknown, as in curl, so that columns do not shift.
template <auto Member>
void append_time(const Record& record, std::string& out) {
    append_value(out, (record.*Member).value_or(std::chrono::microseconds(0)));
}

void append_type(const Record& /*record*/, std::string& out) { out += "result"; }

void append_ok(const Record& record, std::string& out) { append_value(out, !record.failure); }

void append_state(const Record& record, std::string& out) { out += to_string(record.state()); }

void append_error(const Record& record, std::string& out) {
    out += record.failure ? to_string(record.failure->error_class()) : std::string_view();
}

void append_errormsg(const Record& record, std::string& out) {
    out += record.failure ? std::string_view(record.failure->message()) : std::string_view();
}

/// Appends the status with three digits, because scripts written for curl expect 000.
void append_status(const Record& record, std::string& out) {
    out += fmt::format("{:03}", record.response_code.value_or(0));
}

void append_remote_port(const Record& record, std::string& out) {
    if (record.remote_port != 0) {
        append_value(out, record.remote_port);
    }
}

void append_retries(const Record& record, std::string& out) {
    append_value(out, std::max(record.attempts, 1U) - 1);
}

void append_record(const Record& record, std::string& out) {
    append_json(record, out);
    out.pop_back();  // its newline
}

struct Named {
    std::string_view name;
    void (*append)(const Record& record, std::string& out);
    TerminalFilter::Form form = TerminalFilter::Form::Text;
};

/// Sorted, because an error message lists them.
constexpr std::array kVariables = {
    Named{"attempts", &append_member<&Record::attempts>},
    Named{"content_type", &append_member<&Record::content_type>},
    Named{"error", &append_error},
    Named{"errormsg", &append_errormsg},
    Named{"exitcode", &append_member<&Record::exitcode>},
    Named{"extra", &append_member<&Record::extra>, TerminalFilter::Form::Json},
    Named{"file", &append_member<&Record::file>},
    Named{"file_in", &append_member<&Record::file_in>},
    Named{"filename_effective", &append_member<&Record::file>},
    Named{"hedged", &append_member<&Record::hedged>},
    Named{"http_code", &append_status},
    Named{"http_version", &append_member<&Record::http_version>},
    Named{"id", &append_member<&Record::id>, TerminalFilter::Form::Json},
    Named{"input", &append_input},
    Named{"json", &append_record, TerminalFilter::Form::Json},
    Named{"line", &append_member<&Record::line>},
    Named{"method", &append_member<&Record::method>},
    Named{"not_modified", &append_member<&Record::not_modified>},
    Named{"num_redirects", &append_member<&Record::num_redirects>},
    Named{"num_retries", &append_retries},
    Named{"ok", &append_ok},
    Named{"remote_ip", &append_member<&Record::remote_ip>},
    Named{"remote_port", &append_remote_port},
    Named{"response_code", &append_status},
    Named{"size_download", &append_member<&Record::size_download>},
    Named{"size_header", &append_member<&Record::size_header>},
    Named{"state", &append_state},
    Named{"time_appconnect", &append_time<&Record::time_appconnect>},
    Named{"time_connect", &append_time<&Record::time_connect>},
    Named{"time_namelookup", &append_time<&Record::time_namelookup>},
    Named{"time_pretransfer", &append_time<&Record::time_pretransfer>},
    Named{"time_queue", &append_time<&Record::time_queue>},
    Named{"time_redirect", &append_time<&Record::time_redirect>},
    Named{"time_starttransfer", &append_time<&Record::time_starttransfer>},
    Named{"time_total", &append_time<&Record::time_total>},
    Named{"ts", &append_member<&Record::finished>},
    Named{"type", &append_type},
    Named{"url", &append_member<&Record::url>},
    Named{"url_effective", &append_member<&Record::url_effective>},
};

Error unknown(std::string_view name) {
    std::string known;
    for (const Named& variable : kVariables) {
        known.append(known.empty() ? "" : ", ").append(variable.name);
    }
    return bad_input(fmt::format("unknown variable %{{{}}} (known: {})", name, known));
}

}  // namespace

Result<WriteOutTemplate> WriteOutTemplate::parse(std::string_view format) {
    WriteOutTemplate parsed;
    while (!format.empty()) {
        const std::size_t plain = std::min(format.find_first_of("%\\"), format.size());
        parsed.add_text(format.substr(0, plain));
        format.remove_prefix(plain);
        if (format.starts_with('\\')) {
            parsed.add_escape(format);
        } else {
            RUNNEL_TRY(parsed.add_percent(format));
        }
    }
    return parsed;
}

Result<WriteOutTemplate> WriteOutTemplate::parse_option(const std::string& value) {
    if (!value.starts_with('@')) {
        return parse(value);
    }
    const std::string name = value.substr(1);
    if (name == "-") {
        return bad_input("@-: stdin is for the input; name a file");
    }
    RUNNEL_TRY_ASSIGN(std::string format, read_file(name));
    std::erase_if(format, [](char byte) { return byte == '\n' || byte == '\r'; });
    return parse(format);
}

/// Adds the variable at the beginning of \a rest, which starts with a percent sign or is empty.
Result<void> WriteOutTemplate::add_percent(std::string_view& rest) {
    constexpr std::array<std::string_view, 3> kKinds = {"%{", "%header{", "%json{"};
    for (const std::string_view kind : kKinds) {
        if (!rest.starts_with(kind)) {
            continue;
        }
        const std::size_t end = rest.find('}');
        if (end == std::string_view::npos) {
            return bad_input(fmt::format("{} without a closing brace", kind));
        }
        const std::string_view name = rest.substr(kind.size(), end - kind.size());
        rest.remove_prefix(end + 1);
        return add_named(kind, name);
    }
    add_text(rest.substr(0, 1));
    rest.remove_prefix(rest.starts_with("%%") ? 2 : std::min<std::size_t>(rest.size(), 1));
    return {};
}

Result<void> WriteOutTemplate::add_named(std::string_view kind, std::string_view name) {
    Part part;
    if (kind == "%header{") {
        RUNNEL_TRY_ASSIGN(std::string header, http::parse_header_name(name));
        part.kind = Part::Kind::Header;
        part.index = headers_.size();
        headers_.push_back(std::move(header));
    } else if (kind == "%json{") {
        RUNNEL_TRY_ASSIGN(JsonPointer pointer, JsonPointer::parse(name));
        part.kind = Part::Kind::Pointer;
        part.index = pointers_.size();
        pointers_.push_back(std::move(pointer));
    } else {
        const auto* const found = std::find_if(kVariables.begin(), kVariables.end(),
                                               [&](const Named& one) { return one.name == name; });
        if (found == kVariables.end()) {
            return unknown(name);
        }
        part.kind = Part::Kind::Variable;
        part.variable = found->append;
        part.form = found->form;
    }
    parts_.push_back(std::move(part));
    return {};
}

/// Adds the escape at the beginning of \a rest, which starts with a backslash. Keeps an unknown
/// escape as it is, as curl does.
void WriteOutTemplate::add_escape(std::string_view& rest) {
    constexpr std::string_view kEscapes = "nrt\\";
    constexpr std::string_view kMeanings = "\n\r\t\\";
    const std::size_t which = rest.size() > 1 ? kEscapes.find(rest[1]) : std::string_view::npos;
    const bool known = which != std::string_view::npos;
    add_text(known ? kMeanings.substr(which, 1) : rest.substr(0, 1));
    rest.remove_prefix(known ? 2 : 1);
}

void WriteOutTemplate::add_text(std::string_view text) {
    if (text.empty()) {
        return;
    }
    if (parts_.empty() || parts_.back().kind != Part::Kind::Text) {
        parts_.emplace_back();
    }
    parts_.back().text += text;
}

void WriteOutTemplate::append(const Record& record, const std::vector<std::string>& kept,
                              std::string& out, Values values) const {
    for (const Part& part : parts_) {
        if (values == Values::Unchanged || part.kind == Part::Kind::Text) {
            append_part(part, record, kept, out);
        } else {
            std::string value;
            append_part(part, record, kept, value);
            out += shown_on_terminal(value, part.form);
        }
    }
}

void WriteOutTemplate::append_part(const Part& part, const Record& record,
                                   const std::vector<std::string>& kept, std::string& out) const {
    const auto keep = [&](std::size_t index) {
        return index < kept.size() ? std::string_view(kept[index]) : std::string_view();
    };
    switch (part.kind) {
        case Part::Kind::Text: out += part.text; break;
        case Part::Kind::Variable: part.variable(record, out); break;
        case Part::Kind::Header: out += keep(part.index); break;
        case Part::Kind::Pointer: out += keep(headers_.size() + part.index); break;
    }
}

}  // namespace runnel
