#include "app/options/transport_options.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "app/cli/option_types.hpp"
#include "http/curl_features.hpp"

namespace runnel {

namespace {

/// A client certificate as curl's --cert takes it.
struct Certificate {
    std::string file;
    std::string password;
};

/// `FILE[:PASSWORD]`; a backslash makes a colon or a backslash in FILE.
Result<Certificate> parse_certificate(const std::string& text) {
    Certificate certificate;
    std::size_t i = 0;
    for (; i < text.size() && text[i] != ':'; ++i) {
        const bool escapes =
            text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ':' || text[i + 1] == '\\');
        certificate.file += text[escapes ? ++i : i];
    }
    if (certificate.file.empty()) {
        return Error(ErrorClass::BadInput, "names no file; use FILE[:PASSWORD]");
    }
    certificate.password = text.substr(std::min(i + 1, text.size()));
    return certificate;
}

Result<std::optional<unsigned>> parse_redirects(const std::string& text) {
    if (text == "-1") {
        return std::optional<unsigned>();
    }
    unsigned value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stopped != end) {
        return Error(ErrorClass::BadInput,
                     fmt::format("\"{}\" is no number of redirects; -1 is no limit", text));
    }
    return std::optional<unsigned>(value);
}

Result<std::string> parse_socket_path(const std::string& text) {
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (text.empty() || text.size() > kLongest) {
        return Error(
            ErrorClass::BadInput,
            fmt::format("the path of a socket has 1 to {} bytes, not {}", kLongest, text.size()));
    }
    return text;
}

/// An option that may come again and again; \a parse makes a rule of each value.
template <class Rule>
CLI::Option* add_rules(CLI::App& command, const std::string& name, std::vector<Rule>& rules,
                       const std::string& description) {
    const auto take = [&rules, name](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
            Result<Rule> rule = Rule::parse(text);
            if (!rule) {
                throw CLI::ValidationError(name, rule.error().message());
            }
            rules.push_back(std::move(*rule));
        }
    };
    return command.add_option_function<std::vector<std::string>>(name, take, description)
        ->allow_extra_args(false);
}

/// A flag that sets \a target to \a value; of several that set the same the last one counts.
template <class Value>
void add_choice(CLI::App& command, const std::string& names, Value& target, Value value,
                const std::string& description, const std::string& group) {
    command
        .add_flag_function(
            names, [&target, value](std::int64_t) { target = value; }, description)
        ->trigger_on_parse()
        ->group(group);
}

void describe_redirects(CLI::App& command, http::Policy& policy) {
    const std::string group = "Redirects";
    add_value(command, "--max-redirs", policy.max_redirects, &parse_redirects,
              "Redirects to follow, -1 without limit (10)")
        ->type_name("N")
        ->group(group);
    add_choice(command, "--no-location", policy.follow_redirects, false, "Follow no redirects",
               group);
    add_choice(command, "--allow-downgrade", policy.allow_downgrade, true,
               "Follow redirects from https to http", group);
}

void describe_connections(CLI::App& command, TransportOptions& options, http::Policy& policy) {
    const std::string group = "Connections";
    command
        .add_option_function<std::string>(
            "-x,--proxy", [&options](const std::string& text) { options.proxy = text; },
            "Proxy [SCHEME://][USER:PASSWORD@]HOST[:PORT]; empty: none (environment)")
        ->type_name("PROXY")
        ->take_last()
        ->group(group);
    add_rules(command, "--resolve", policy.routes.pinned,
              "HOST:PORT:ADDRESS[,ADDRESS]...: use these addresses")
        ->type_name("RULE")
        ->group(group);
    add_rules(command, "--connect-to", policy.routes.connect_to,
              "HOST1:PORT1:HOST2:PORT2: for the first connect to the second")
        ->type_name("RULE")
        ->group(group);
    add_value(command, "--unix-socket", policy.routes.unix_socket, &parse_socket_path,
              "Connect to this socket")
        ->type_name("PATH")
        ->group(group);
    add_choice(command, "--deny-private", policy.public_only, true,
               "Connect to public addresses only", group);
    add_choice(command, "-4,--ipv4", policy.family, http::Family::IPv4, "Use IPv4 only", group);
    add_choice(command, "-6,--ipv6", policy.family, http::Family::IPv6, "Use IPv6 only", group);
    add_choice(command, "--http1.1", policy.http2, false, "Speak HTTP/1.1 (default)", group);
    add_choice(command, "--http2", policy.http2, true, "Offer HTTP/2 to https servers", group);
    add_choice(command, "--no-compressed", policy.compressed, false,
               "Do not ask for compressed bodies", group);
}

void describe_tls(CLI::App& command, http::Tls& tls) {
    const std::string group = "TLS";
    add_choice(command, "-k,--insecure", tls.verify, false, "Trust every certificate", group);
    command.add_option("--cacert", tls.authorities, "Trust these certificates, not the system's")
        ->type_name("FILE")
        ->take_last()
        ->group(group);
    const auto keep = [&tls](const Certificate& certificate) {
        tls.certificate = certificate.file;
        tls.key_password = certificate.password;
    };
    add_parsed(command, "--cert", &parse_certificate, keep,
               "FILE[:PASSWORD]: certificate to show, with its key")
        ->type_name("CERT")
        ->group(group);
    command.add_option("--key", tls.key, "Its key, when it is not in the same file")
        ->type_name("FILE")
        ->take_last()
        ->group(group);
}

/// libcurl reads it later, more than once, and would tell only of each handshake that fails.
Result<void> require_file(const std::string& file, std::string_view option) {
    struct stat status {};
    int problem = 0;
    if (::access(file.c_str(), R_OK) != 0 || ::stat(file.c_str(), &status) != 0) {
        problem = errno;
    } else if (S_ISDIR(status.st_mode)) {
        problem = EISDIR;
    }
    if (problem == 0) {
        return Result<void>();
    }
    return Error(ErrorClass::BadInput,
                 fmt::format("{}: cannot read {}: {}", option, file,
                             std::generic_category().message(problem)),
                 problem);
}

/// A file that is needed, and the option or variable that names it.
struct NeededFile {
    std::string_view option;
    const std::string& name;
};

Result<void> require_files(const http::Policy& policy, std::string_view authorities) {
    const std::string cookies = policy.cookie_file.value_or("");
    const NeededFile files[] = {{authorities, policy.tls.authorities},
                                {"--cert", policy.tls.certificate},
                                {"--key", policy.tls.key},
                                {"-b", cookies}};
    for (const NeededFile& file : files) {
        Result<void> there =
            file.name.empty() ? Result<void>() : require_file(file.name, file.option);
        if (!there) {
            return there;
        }
    }
    return Result<void>();
}

/// Takes what the environment says as curl does, unless an option said it. Gives the name of the
/// one that counts.
std::string_view resolve_authorities(http::Tls& tls,
                                     const http::ProxyRules::Environment& environment) {
    for (const char* variable : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
        const char* file = environment(variable);
        if (tls.authorities.empty() && file != nullptr && *file != '\0') {
            tls.authorities = file;
            return variable;
        }
    }
    return "--cacert";
}

}  // namespace

void describe_transport(CLI::App& command, TransportOptions& options, http::Policy& policy) {
    describe_redirects(command, policy);
    describe_connections(command, options, policy);
    describe_tls(command, policy.tls);
}

Result<void> resolve_transport(const TransportOptions& options, http::Policy& policy) {
    if (policy.http2 && !http::has_http2()) {
        return Error(ErrorClass::BadInput, "--http2: this libcurl was built without HTTP/2");
    }
    if (policy.public_only && !policy.routes.unix_socket.empty()) {
        return Error(
            ErrorClass::BadInput,
            "--deny-private and --unix-socket exclude each other: a socket has no address");
    }
    const http::ProxyRules::Environment environment = &::getenv;
    Result<http::ProxyRules> proxies = http::ProxyRules::make(options.proxy, environment);
    if (!proxies) {
        return std::move(proxies).error();
    }
    policy.routes.proxies = std::move(*proxies);
    const std::string_view authorities = resolve_authorities(policy.tls, environment);
    return require_files(policy, authorities);
}

}  // namespace runnel
