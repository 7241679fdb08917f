#include "app/options/transport_options.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include "app/cli/option_table.hpp"
#include "base/system_error.hpp"
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
        return bad_input("does not name a file; use FILE[:PASSWORD]");
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
        return bad_input(
            fmt::format("\"{}\" is not a number of redirects; -1 means no limit", text));
    }
    return std::optional<unsigned>(value);
}

Result<std::string> parse_socket_path(const std::string& text) {
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (text.empty() || text.size() > kLongest) {
        return bad_input(
            fmt::format("the path of a socket has 1 to {} bytes, not {}", kLongest, text.size()));
    }
    return text;
}

void describe_redirects(OptionSet& set, http::Policy& policy) {
    set.group("Redirects");
    set.value(options::kMaxRedirects, policy.max_redirects, &parse_redirects);
    set.flag(options::kNoLocation, policy.follow_redirects, false);
    set.flag(options::kAllowDowngrade, policy.allow_downgrade, true);
}

void describe_connections(OptionSet& set, TransportOptions& options, http::Policy& policy) {
    set.group("Connections");
    set.text(options::kProxy, options.proxy);
    set.values(options::kResolve, policy.routes.pinned, &http::PinnedAddresses::parse);
    set.values(options::kConnectTo, policy.routes.connect_to, &http::ConnectTo::parse);
    set.value(options::kUnixSocket, policy.routes.unix_socket, &parse_socket_path);
    set.flag(options::kDenyPrivate, policy.public_only, true);
    set.flag(options::kIpv4, policy.family, http::Family::IPv4);
    set.flag(options::kIpv6, policy.family, http::Family::IPv6);
    set.flag(options::kHttp1, policy.http2, false);
    set.flag(options::kHttp2, policy.http2, true);
    set.flag(options::kNoCompressed, policy.compressed, false);
}

void describe_tls(OptionSet& set, http::Tls& tls) {
    set.group("TLS");
    set.flag(options::kInsecure, tls.verify, false);
    OptionSet::file(FileUse::Read, set.text(options::kAuthorities, tls.authorities));
    const auto keep = [&tls](const Certificate& certificate) {
        tls.certificate = certificate.file;
        tls.key_password = certificate.password;
    };
    OptionSet::file(FileUse::Read, set.parsed(options::kCertificate, &parse_certificate, keep));
    OptionSet::file(FileUse::Read, set.text(options::kKey, tls.key));
}

/// Checks that \a file can be read. libcurl reads it later, and would only report failed
/// handshakes.
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
    return system_error(ErrorClass::BadInput, fmt::format("{}: cannot read {}", option, file),
                        problem);
}

/// A required file, and the option or variable that names it.
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
        if (!file.name.empty()) {
            RUNNEL_TRY(require_file(file.name, file.option));
        }
    }
    return Result<void>();
}

/// Takes the authorities from the environment, as curl does, unless an option is given. Returns the
/// name of the option or variable that is used.
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

void describe_transport(OptionSet& set, TransportOptions& options, http::Policy& policy) {
    describe_redirects(set, policy);
    describe_connections(set, options, policy);
    describe_tls(set, policy.tls);
}

Result<void> resolve_transport(const TransportOptions& options, http::Policy& policy) {
    if (policy.http2 && !http::has_http2()) {
        return bad_input("--http2: this libcurl was built without HTTP/2");
    }
    if (policy.public_only && !policy.routes.unix_socket.empty()) {
        return bad_input(
            "--deny-private and --unix-socket exclude each other: a socket has no address");
    }
    const http::ProxyRules::Environment environment = &::getenv;
    RUNNEL_TRY_ASSIGN(policy.routes.proxies, http::ProxyRules::make(options.proxy, environment));
    const std::string_view authorities = resolve_authorities(policy.tls, environment);
    return require_files(policy, authorities);
}

}  // namespace runnel
