// Settings: options get the values of the TOML file, and those of the environment instead if there
// are any. The first line is the value of RUNNEL_GO_TEXT, the rest the file.

#include "app/cli/config.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/ensure.hpp"
#include "base/unique_fd.hpp"
#include "base/write_all.hpp"
#include "fuzz/fuzz_text.hpp"
#include "json/document.hpp"

namespace runnel {
namespace {

using Strings = std::vector<std::string>;

/// The options of the command `go`.
struct Options {
    std::string text = "unset";
    std::string name = "unset";
    Strings list;
    Strings places;
    bool flag = false;
    bool turn = true;
    std::size_t count = 1;
    Duration span = Duration::zero();
    std::string hidden = "unset";
};

void describe(OptionSet& set, Options& options) {
    set.text({"-t,--text", "TEXT", ""}, options.text);
    set.name({"--name", "TEXT", ""}, options.name);
    set.texts({"--list", "TEXT", ""}, options.list);
    set.texts({"--place", "TABLE", ""}, options.places).takes_tables = true;
    set.flag({"--flag", "", ""}, options.flag);
    set.flag({"--turn", "", ""}, options.turn, true);
    set.flag({"--no-turn", "", ""}, options.turn, false);
    set.count({"--count", "N", ""}, options.count);
    set.duration({"--span", "D", ""}, options.span);
    set.text({"--hidden", "TEXT", ""}, options.hidden).command_line_only = true;
    set.refuse_arguments("no arguments");
}

/// A file in memory.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view content) : file_(::memfd_create("config", MFD_CLOEXEC)) {
        RUNNEL_ENSURE(file_ && write_all(file_.get(), content) == 0, "memfd_create");
    }
    [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", file_.get()); }

private:
    UniqueFd file_;
};

std::optional<toml::table> naive_table(std::string_view text) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error&) {
        return std::nullopt;
    }
}

std::optional<std::string> text_of(const toml::node* node) {
    if (node == nullptr) {
        return std::nullopt;
    }
    if (const auto* whole = node->as_integer()) {
        return std::to_string(whole->get());
    }
    const auto* text = node->as_string();
    return text != nullptr ? std::optional(text->get()) : std::nullopt;
}

/// Compares with the table `go` of the file, which was accepted.
void check_values(const Options& options, const toml::table& go, const std::string& environment) {
    RUNNEL_ENSURE(environment.empty() || options.text == environment,
                  "the environment does not override the file");
    if (const auto text = text_of(go.get("text")); text && environment.empty()) {
        RUNNEL_ENSURE(options.text == *text, "another text");
    }
    if (const auto name = text_of(go.get("name"))) {
        RUNNEL_ENSURE(options.name == *name, "another name");
    }
    if (const auto count = text_of(go.get("count"))) {
        RUNNEL_ENSURE(fmt::format("{}", options.count) == *count || count->starts_with('0') ||
                          count->starts_with('+'),
                      "another count");
    }
    if (const toml::array* list = go["list"].as_array()) {
        RUNNEL_ENSURE(options.list.size() == list->size(), "another length of a list");
        for (std::size_t at = 0; at < list->size(); ++at) {
            const std::optional<std::string> text = text_of(list->get(at));
            RUNNEL_ENSURE(!text || options.list[at] == *text, "another item of a list");
        }
    }
    if (const auto* flag = go.get_as<bool>("flag")) {
        RUNNEL_ENSURE(options.flag == flag->get(), "another flag");
    }
    if (const auto* turn = go.get_as<bool>("turn");
        turn && !go.contains("no-turn") && !go.contains("no_turn")) {
        RUNNEL_ENSURE(options.turn == turn->get(), "another turn");
    }
    for (const std::string& place : options.places) {
        RUNNEL_ENSURE(!go["place"].is_table() || is_valid_json(place), "a table is not JSON");
    }
    RUNNEL_ENSURE(options.hidden == "unset", "an option of the command line is in the file");
}

void check(const std::string& environment, std::string_view text) {
    const MemoryFile file(text);
    const std::optional<toml::table> table = naive_table(text);
    Config config({"go", "stop"});
    const std::string variable = "RUNNEL_GO_TEXT=" + environment;
    const std::array<const char*, 2> variables = {variable.c_str(), nullptr};
    config.read_environment(variables.data());
    const Result<void> read = config.read_file(file.path());
    RUNNEL_ENSURE(!read || table, "a file that is not TOML is accepted");
    if (!read) {
        RUNNEL_ENSURE(read.error().error_class() == ErrorClass::BadInput &&
                          read.error().message().starts_with(file.path() + ':'),
                      "the message does not name the place");
        return;
    }
    Options options;
    OptionSet set;
    describe(set, options);
    const Result<Strings> arguments = config.arguments("go", set);
    if (!arguments) {
        RUNNEL_ENSURE(arguments.error().message().starts_with(file.path() + ':') ||
                          arguments.error().message().starts_with("RUNNEL_GO_"),
                      "the message does not name the place");
        return;
    }
    Options parsed;
    OptionSet parser;
    describe(parser, parsed);
    RUNNEL_ENSURE(parser.parse(*arguments), "what was accepted is refused");
    const toml::table* const go = (*table)["go"].as_table();
    check_values(parsed, go != nullptr ? *go : toml::table(), environment);
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = runnel::fuzz::as_text(data, size);
    const std::string_view line = runnel::fuzz::take_line(text);
    // A variable ends at a NUL byte.
    runnel::check(std::string(line.substr(0, line.find('\0'))), text);
    return 0;
}
