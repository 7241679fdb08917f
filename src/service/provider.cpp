#include "service/provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "json/document.hpp"
#include "json/keys.hpp"
#include "json/object_writer.hpp"
#include "json/typed_member.hpp"

namespace runnel {

namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

constexpr std::string_view kBuiltin = R"(
{"name":"ipify","url":"https://api64.ipify.org/?format=json","format":"json","pointer":"/ip"}
{"name":"ifconfig","url":"https://ifconfig.co/json","format":"json","pointer":"/ip"}
{"name":"icanhazip","url":"https://icanhazip.com/"}
{"name":"identme","url":"https://ident.me/"}
{"name":"myexternalip","url":"https://myexternalip.com/raw"}
{"name":"amazon","url":"https://checkip.amazonaws.com/","family":"ipv4"}
)";

struct FamilyName {
    std::string_view text;
    http::Family family;
};

constexpr std::array kFamilies = {FamilyName{"any", http::Family::Any},
                                  FamilyName{"ipv4", http::Family::IPv4},
                                  FamilyName{"ipv6", http::Family::IPv6}};

Result<void> take_name(Provider& provider, const JsonMember& member) {
    return store(string_of(member, "\"ipify\""), provider.name);
}

/// Requires https because otherwise anyone on the network path could forge the address.
Result<void> take_url(Provider& provider, const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(provider.url, string_of(member, "\"https://icanhazip.com/\""));
    const Result<http::Url> url = http::Url::parse(provider.url);
    if (!url) {
        return wrong(member, url.error().message());
    }
    return url->is_https() ? Result<void>() : wrong(member, "must be an https URL");
}

Result<void> take_format(Provider& provider, const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string text, string_of(member, "\"json\""));
    if (text != "text" && text != "json") {
        return wrong(member, fmt::format("must be text or json, not \"{}\"", text));
    }
    provider.format = text == "json" ? Provider::Format::Json : Provider::Format::Text;
    return {};
}

Result<void> take_pointer(Provider& provider, const JsonMember& member) {
    if (member.value.kind == JsonValue::Kind::Null) {
        return {};
    }
    RUNNEL_TRY_ASSIGN(provider.pointer, string_of(member, "\"/ip\""));
    const Result<JsonPointer> pointer = JsonPointer::parse(provider.pointer);
    return pointer ? Result<void>() : wrong(member, pointer.error().message());
}

Result<void> take_family(Provider& provider, const JsonMember& member) {
    RUNNEL_TRY_ASSIGN(const std::string text, string_of(member, "\"ipv4\""));
    const auto* found = std::ranges::find(kFamilies, text, &FamilyName::text);
    if (found == kFamilies.end()) {
        return wrong(member, fmt::format("must be any, ipv4 or ipv6, not \"{}\"", text));
    }
    provider.family = found->family;
    return {};
}

constexpr std::array<Key<Provider>, 5> kKeys = {{{"name", take_name},
                                                 {"url", take_url},
                                                 {"format", take_format},
                                                 {"pointer", take_pointer},
                                                 {"family", take_family}}};

Result<Provider> read_provider(const JsonValue& object) {
    if (object.kind != JsonValue::Kind::Object) {
        return located(object.where,
                       fmt::format("a provider is an object, not {}", to_string(object.kind)));
    }
    Provider provider;
    for (const JsonMember& member : object.members) {
        const Key<Provider>* key = find_key(kKeys, member.name);
        RUNNEL_TRY(key == nullptr ? unknown_key(member, names_of(kKeys))
                                  : key->take(provider, member));
    }
    if (provider.name.empty() || provider.url.empty()) {
        return located(object.where, "a provider needs a \"name\" and a \"url\"");
    }
    if (provider.format == Provider::Format::Text && !provider.pointer.empty()) {
        return located(object.where, "a \"pointer\" needs \"format\": \"json\"");
    }
    return provider;
}

std::string_view text_of(http::Family family) noexcept {
    return std::ranges::find(kFamilies, family, &FamilyName::family)->text;
}

/// Prepends blank lines so that errors have the right line number.
Result<Provider> parse_line(std::string_view line, std::size_t number) {
    RUNNEL_TRY_ASSIGN(const JsonValue object,
                      parse_json_document(std::string(number - 1, '\n').append(line)));
    return read_provider(object);
}

using Providers = std::vector<Provider>;

Result<Providers> parse_lines(std::string_view text) {
    Providers providers;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string_view content = trimmed(line, kWhiteSpace);
        if (content.empty() || content.starts_with('#')) {
            continue;
        }
        RUNNEL_TRY_ASSIGN(Provider provider, parse_line(line, number));
        providers.push_back(std::move(provider));
    }
    return providers;
}

Result<Providers> parse_array(std::string_view text) {
    RUNNEL_TRY_ASSIGN(const JsonValue array, parse_json_document(text));
    Providers providers;
    for (const JsonValue& object : array.items) {
        RUNNEL_TRY_ASSIGN(Provider provider, read_provider(object));
        providers.push_back(std::move(provider));
    }
    return providers;
}

}  // namespace

Extraction Provider::extraction() const {
    if (format == Format::Text) {
        return Extraction();
    }
    Result<JsonPointer> place = JsonPointer::parse(pointer);
    RUNNEL_ENSURE(place.ok(), "parse_providers() checked the pointer");
    return Extraction(*std::move(place));
}

std::vector<Provider> builtin_providers() {
    Result<std::vector<Provider>> providers = parse_providers(kBuiltin, "the built-in providers");
    RUNNEL_ENSURE(providers.ok(), "the built-in providers are well-formed");
    return *std::move(providers);
}

Result<std::vector<Provider>> parse_providers(std::string_view text, const std::string& name) {
    text = without_byte_order_mark(text);
    Result<Providers> providers =
        trimmed(text, kWhiteSpace).starts_with('[') ? parse_array(text) : parse_lines(text);
    if (!providers) {
        return bad_input(fmt::format("{}:{}", name, providers.error().message()));
    }
    if (providers->empty()) {
        return bad_input(fmt::format("{}: contains no providers", name));
    }
    return providers;
}

void append_json(const Provider& provider, std::string& out) {
    const bool is_json = provider.format == Provider::Format::Json;
    JsonObjectWriter object(out);
    object.member("name", provider.name);
    object.member("url", provider.url);
    object.member("format", is_json ? "json" : "text");
    object.member("pointer", is_json ? std::optional(provider.pointer) : std::nullopt);
    object.member("family", text_of(provider.family));
    object.end_line();
}

}  // namespace runnel
