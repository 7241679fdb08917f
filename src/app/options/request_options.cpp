#include "app/options/request_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

#include "app/cli/option_table.hpp"
#include "base/base64.hpp"
#include "base/read_file.hpp"
#include "base/text.hpp"
#include "http/framing.hpp"

namespace runnel {

namespace {

constexpr const char* kHeader = "--header";
constexpr const char* kData = "--data";

Error usage(std::string_view option, std::string_view message) {
    return bad_input(fmt::format("{}: {}", option, message));
}

Result<std::string> parse_method(const std::string& text) {
    if (!is_token(text)) {
        return bad_input(fmt::format("\"{}\" is not a method: use a word such as PUT", text));
    }
    return text;
}

Result<std::string> parse_user(const std::string& text) {
    if (text.find(':') == std::string::npos) {
        return bad_input("no password: write USER:PASSWORD, or USER: if it is empty");
    }
    return text;
}

/// Checks the value of a header that has its own option.
Result<std::string> parse_value(const std::string& text) {
    Result<std::string> header = http::make_header("X", text);
    return header ? Result<std::string>(text) : bad_input("the value contains a line end or NUL");
}

/// A word of `-b` with `=` is cookies, one without is a file, as in curl.
void take_cookies(const std::vector<std::string>& words, RequestOptions& options) {
    options.cookies.clear();
    options.cookie_file.reset();
    for (const std::string& word : words) {
        if (word.find('=') == std::string::npos) {
            options.cookie_file = word;
        } else {
            options.cookies.push_back(word);
        }
    }
}

void accept_curl_habits(OptionSet& set) {
    set.group("Accepted from curl");
    using namespace options;
    for (const OptionText& text : {kSilent, kShowError, kFail, kLocation, kParallel, kCompressed}) {
        set.flag(text, [] {});
    }
}

/// Reads the file of `@name`; `@-` is stdin.
Result<std::string> read_named(std::string_view option, const std::string& name) {
    Result<std::string> content = read_file(name);
    return content ? std::move(content) : usage(option, content.error().message());
}

Result<void> check_stdin(const RequestOptions& options, bool stdin_is_taken) {
    const std::string from_stdin = "@-";
    const auto in_headers = std::count(options.headers.begin(), options.headers.end(), from_stdin);
    const auto in_data = std::count(options.data.begin(), options.data.end(), from_stdin);
    const char* option = in_headers > 0 ? kHeader : kData;
    if (stdin_is_taken && in_headers + in_data > 0) {
        return usage(option,
                     "stdin holds the URLs, so @- cannot be used; pass them as "
                     "arguments or by -i FILE");
    }
    if (in_headers + in_data > 1) {
        return usage(option, "stdin can be read only once, but @- is given twice");
    }
    return {};
}

/// \a place: appended to the message, for headers of a file.
Result<void> add_header(std::string_view text, std::string_view place, http::Headers& headers) {
    Result<std::string> header = http::parse_header(text);
    if (!header) {
        return usage(kHeader, fmt::format("{}{}", header.error().message(), place));
    }
    headers.push_back(std::move(*header));
    return {};
}

/// Adds the header of `-H`, or those of a file, one on each line that is not blank.
Result<void> add_headers(const std::string& word, http::Headers& headers) {
    if (!word.starts_with('@')) {
        return add_header(word, "", headers);
    }
    RUNNEL_TRY_ASSIGN(std::string content, read_named(kHeader, word.substr(1)));
    std::istringstream lines(std::move(content));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        line.erase(line.find_last_not_of(" \t\r") + 1);
        const std::string place = fmt::format(" ({}, line {})", word.substr(1), number);
        if (!line.empty()) {
            RUNNEL_TRY(add_header(line, place, headers));
        }
    }
    return {};
}

/// Joins the words of `-d` with `&`. Line ends and NULs of a file are left out, as in curl.
Result<std::string> form_of(const std::vector<std::string>& words) {
    std::string form;
    for (std::size_t i = 0; i < words.size(); ++i) {
        form += i > 0 ? "&" : "";
        if (!words[i].starts_with('@')) {
            form += words[i];
            continue;
        }
        RUNNEL_TRY_ASSIGN(std::string content, read_named(kData, words[i].substr(1)));
        std::erase_if(content, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
        form += content;
    }
    return form;
}

/// `-H` overrides the headers that have their own options, as in curl.
Result<void> add_credentials(const RequestOptions& options, http::Headers& headers) {
    if (!options.user.empty() && !http::has_header(headers, "Authorization")) {
        headers.push_back("Authorization: Basic " + to_base64(options.user));
    }
    if (!options.cookies.empty() && !http::has_header(headers, "Cookie")) {
        const std::string all = fmt::format("{}", fmt::join(options.cookies, "; "));
        Result<std::string> header = http::make_header("Cookie", all);
        if (!header) {
            return usage("--cookie", header.error().message());
        }
        headers.push_back(std::move(*header));
    }
    return {};
}

Result<std::string> method_of(const RequestOptions& options) {
    const std::string method = options.head ? "HEAD" : options.method;
    if (options.head && !options.method.empty() && options.method != "HEAD") {
        return usage("--head",
                     fmt::format("requests by HEAD, but --request says {}", options.method));
    }
    if (method == "HEAD" && !options.data.empty()) {
        return usage(kData, "sends a body, but a HEAD request has none");
    }
    return method;
}

}  // namespace

void describe_requests(OptionSet& set, RequestOptions& options) {
    set.group("Requests");
    set.value(options::kMethod, options.method, &parse_method);
    set.flag(options::kHead, options.head);
    OptionSet::file(FileUse::ReadAfterAt, set.texts(options::kHeaders, options.headers));
    OptionSet::file(FileUse::ReadAfterAt, set.texts(options::kForm, options.data));
    set.value(options::kUserAgent, options.user_agent, &parse_value);
    set.value(options::kUser, options.user, &parse_user);
    const auto take = [&options](const auto& words) {
        take_cookies(words, options);
        return Result<void>();
    };
    OptionSet::file(FileUse::Cookies,
                    set.add(options::kCookies, OptionSet::Kind::Repeatable, take));
    accept_curl_habits(set);
}

Result<RequestDefaults> request_defaults(const RequestOptions& options, bool stdin_is_taken) {
    RequestDefaults defaults;
    RUNNEL_TRY_ASSIGN(defaults.method, method_of(options));
    RUNNEL_TRY(check_stdin(options, stdin_is_taken));
    for (const std::string& header : options.headers) {
        RUNNEL_TRY(add_headers(header, defaults.headers));
    }
    RUNNEL_TRY(add_credentials(options, defaults.headers));
    if (!options.data.empty()) {
        RUNNEL_TRY_ASSIGN(defaults.form, form_of(options.data));
    }
    const std::size_t body_size = defaults.form ? defaults.form->size() : 0;
    if (const Result<void> framing = http::check_framing(defaults.headers, body_size); !framing) {
        return usage(kHeader, framing.error().message());
    }
    return defaults;
}

}  // namespace runnel
