#include "app/options/named_target.hpp"

#include "http/url.hpp"

namespace runnel {

NamedTarget NamedTarget::parse(const std::string& text) {
    NamedTarget source;
    const std::size_t equals = text.find('=');
    // A query may contain a `=`, but a name contains none of `:/?#`.
    if (equals == std::string::npos || equals == 0 || text.find_first_of(":/?#@") < equals) {
        source.name = http::without_userinfo(text);
        source.url = text;
        return source;
    }
    source.name = text.substr(0, equals);
    source.url = text.substr(equals + 1);
    return source;
}

}  // namespace runnel
