#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace runnel {

/// Help with the names of options and what they take, and one blank line between groups. What
/// excludes what is told when somebody tries.
class HelpFormatter final : public CLI::Formatter {
public:
    [[nodiscard]] std::string make_option_opts(const CLI::Option* option) const override;
    [[nodiscard]] std::string make_help(const CLI::App* app, std::string name,
                                        CLI::AppFormatMode mode) const override;
};

}  // namespace runnel
