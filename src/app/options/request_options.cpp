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

namespace runnel {

namespace {

constexpr const char* kHeader = "--header";
constexpr const char* kData = "--data";

Error usage(std::string_view option, std::string_view message) {
    return Error(ErrorClass::BadInput, fmt::format("{}: {}", option, message));
}

Result<std::string> parse_method(const std::string& text) {
    if (!is_token(text)) {
        return Error(ErrorClass::BadInput,
                     fmt::format("\"{}\" is no method: use a word such as PUT", text));
    }
    return text;
}

Result<std::string> parse_user(const std::string& text) {
    if (text.find(':') == std::string::npos) {
        return Error(ErrorClass::BadInput,
                     "no password: write USER:PASSWORD, or USER: if it is empty");
    }
    return text;
}

/// What goes into a header by an option of its own.
Result<std::string> parse_value(const std::string& text) {
    Result<std::string> header = http::make_header("X", text);
    return header ? Result<std::string>(text)
                  : Error(ErrorClass::BadInput, "the value holds a line end or NUL");
}

/// Takes the word of `-b` for cookies or, without `=`, for a file, as curl does.
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

/// What `@name` stands for; `@-` is stdin.
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
                     "stdin is read for the URLs, so @- cannot be it; name them as "
                     "arguments or by -i FILE");
    }
    if (in_headers + in_data > 1) {
        return usage(option, "stdin can be read once, not for each @-");
    }
    return {};
}

/// \a place: what else tells where \a text stands.
Result<void> add_header(std::string_view text, std::string_view place, http::Headers& headers) {
    Result<std::string> header = http::parse_header(text);
    if (!header) {
        return usage(kHeader, fmt::format("{}{}", header.error().message(), place));
    }
    headers.push_back(std::move(*header));
    return {};
}

/// `-H`: a header, or a file with one on each line that is not blank.
Result<void> add_headers(const std::string& word, http::Headers& headers) {
    if (!word.starts_with('@')) {
        return add_header(word, "", headers);
    }
    const Result<std::string> content = read_named(kHeader, word.substr(1));
    if (!content) {
        return content.error();
    }
    std::istringstream lines(*content);
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        line.erase(line.find_last_not_of(" \t\r") + 1);
        const std::string place = fmt::format(" ({}, line {})", word.substr(1), number);
        Result<void> added = line.empty() ? Result<void>() : add_header(line, place, headers);
        if (!added) {
            return added;
        }
    }
    return {};
}

/// `-d`: the words, with `&` between them. A file comes without line ends and NULs, as in curl.
Result<std::string> form_of(const std::vector<std::string>& words) {
    std::string form;
    for (std::size_t i = 0; i < words.size(); ++i) {
        form += i > 0 ? "&" : "";
        if (!words[i].starts_with('@')) {
            form += words[i];
            continue;
        }
        Result<std::string> content = read_named(kData, words[i].substr(1));
        if (!content) {
            return content;
        }
        std::erase_if(*content, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
        form += *content;
    }
    return form;
}

/// Headers that have options of their own give way to `-H`, as in curl.
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
        return usage("--head", fmt::format("asks by HEAD, and --request by {}", options.method));
    }
    if (method == "HEAD" && !options.data.empty()) {
        return usage(kData, "sends a body, and a HEAD request has none");
    }
    return method;
}

}  // namespace

void describe_requests(OptionSet& set, RequestOptions& options) {
    set.group("Requests");
    set.value(options::kMethod, options.method, &parse_method);
    set.flag(options::kHead, options.head);
    set.texts(options::kHeaders, options.headers);
    set.texts(options::kForm, options.data);
    set.value(options::kUserAgent, options.user_agent, &parse_value);
    set.value(options::kUser, options.user, &parse_user);
    set.add(options::kCookies, OptionSet::Kind::Repeatable, [&options](const auto& words) {
        take_cookies(words, options);
        return Result<void>();
    });
    accept_curl_habits(set);
}

Result<RequestDefaults> request_defaults(const RequestOptions& options, bool stdin_is_taken) {
    RequestDefaults defaults;
    Result<std::string> method = method_of(options);
    if (!method) {
        return std::move(method).error();
    }
    defaults.method = std::move(*method);
    Result<void> done = check_stdin(options, stdin_is_taken);
    for (std::size_t i = 0; done && i < options.headers.size(); ++i) {
        done = add_headers(options.headers[i], defaults.headers);
    }
    if (done) {
        done = add_credentials(options, defaults.headers);
    }
    if (!done) {
        return std::move(done).error();
    }
    if (!options.data.empty()) {
        Result<std::string> form = form_of(options.data);
        if (!form) {
            return std::move(form).error();
        }
        defaults.form = std::move(*form);
    }
    return defaults;
}

}  // namespace runnel
