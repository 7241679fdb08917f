#include "http/no_proxy.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace runnel::http {

namespace {

/// Removes brackets: `[fc00::]/7` becomes `fc00::/7`.
std::string network_text(std::string_view address) {
    std::string plain(address);
    if (plain.starts_with('[')) {
        std::erase_if(plain, [](char c) { return c == '[' || c == ']'; });
    }
    return plain;
}

constexpr std::string_view kSeparators = ", \t";

std::string_view without_trailing_dot(std::string_view name) {
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

bool is_within(std::string_view name, std::string_view domain) {
    const std::string_view above =
        name.substr(0, name.size() - std::min(domain.size(), name.size()));
    return name.ends_with(domain) && (above.empty() || above.ends_with('.'));
}

}  // namespace

NoProxy::NoProxy(std::string_view list) : everything_(list == "*") {
    std::size_t begin = list.find_first_not_of(kSeparators);
    while (begin != std::string_view::npos) {
        const std::size_t end = std::min(list.find_first_of(kSeparators, begin), list.size());
        add(list.substr(begin, end - begin));
        begin = list.find_first_not_of(kSeparators, end);
    }
}

void NoProxy::add(std::string_view item) {
    if (const std::optional<IpNetwork> network = IpNetwork::parse(network_text(item))) {
        networks_.push_back(*network);
        return;
    }
    item = without_trailing_dot(item);
    if (item.starts_with('.')) {
        item.remove_prefix(1);
    }
    if (!item.empty()) {
        std::ranges::transform(item, std::back_inserter(domains_.emplace_back()), to_lower);
    }
}

bool NoProxy::covers(std::string_view host) const {
    if (everything_) {
        return true;
    }
    if (const std::optional<IpAddress> address = IpAddress::parse(host)) {
        return std::ranges::any_of(
            networks_, [&](const IpNetwork& network) { return network.contains(*address); });
    }
    const std::string_view name = without_trailing_dot(host);
    return std::ranges::any_of(domains_,
                               [&](const std::string& domain) { return is_within(name, domain); });
}

}  // namespace runnel::http
