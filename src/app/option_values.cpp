#include "app/option_values.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/parse.hpp"

namespace runnel {

namespace {

Result<std::size_t> parse_count(const std::string& text) {
    std::size_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stopped != end || value == 0) {
        return Error(ErrorClass::BadInput,
                     fmt::format("\"{}\" is not a whole number above zero", text));
    }
    return value;
}

}  // namespace

CLI::Option* add_duration(CLI::App& command, const std::string& names, Duration& value,
                          const std::string& description) {
    return add_value(command, names, value, &parse_duration, description)->type_name("D");
}

CLI::Option* add_size(CLI::App& command, const std::string& names, std::uint64_t& value,
                      const std::string& description) {
    return add_value(command, names, value, &parse_size, description)->type_name("SIZE");
}

CLI::Option* add_count(CLI::App& command, const std::string& names, std::size_t& value,
                       const std::string& description) {
    return add_value(command, names, value, &parse_count, description)->type_name("N");
}

}  // namespace runnel
