#include "app/cli/help_formatter.hpp"

#include <string_view>
#include <utility>

namespace runnel {

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
    const bool takes_value = option->get_type_size() != 0 && !option->get_positional();
    const bool repeatable = option->get_expected_max() == CLI::detail::expected_max_vector_size;
    return (takes_value ? " " + option->get_type_name() : "") + (repeatable ? " ..." : "");
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
    constexpr std::string_view kTwoBlankLines = "\n\n\n";
    std::string help = Formatter::make_help(app, std::move(name), mode);
    for (std::size_t at = 0; (at = help.find(kTwoBlankLines, at)) != std::string::npos;) {
        help.erase(at, 1);
    }
    return help;
}

}  // namespace runnel
