// File names: no file is outside of the folder of the template (against realpath), and every name
// can be used. The first line is the template, the second the input.

#include "pipeline/file_template.hpp"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz_text.hpp"
#include "pipeline/file_names.hpp"
#include "pipeline/request_maker.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

namespace fs = std::filesystem;

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
    return real ? real.get() : "";
}

void check_names(std::string_view path) {
    RUNNEL_ENSURE(!path.empty() && !path.ends_with('/'), "no file name");
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(name.size() + 1, path.size()));
        RUNNEL_ENSURE(!name.empty() && name != "." && name != "..", "not a name");
        RUNNEL_ENSURE(name.size() <= kMaxFileName, "a name is too long");
        RUNNEL_ENSURE(is_valid_utf8(name) && name.find('\\') == std::string_view::npos &&
                          std::ranges::none_of(name, is_ascii_control),
                      "a character that names cannot have");
    }
}

/// Makes the file and compares its real path with that of the folder.
void check_place(const test::TemporaryFolder& root, const std::string& below) {
    const std::string path = root.path(below);
    if (path.size() >= PATH_MAX) {
        return;
    }
    fs::create_directories(fs::path(path).parent_path());
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    RUNNEL_ENSURE(file, "the file cannot be made");
    const std::string real = real_path(path);
    RUNNEL_ENSURE(real.starts_with(real_path(root.path()) + '/'), "outside of the folder");
    RUNNEL_ENSURE(real == real_path(root.path()) + '/' + below, "another path");
}

void check(std::string_view pattern, std::string_view line) {
    const Result<FileTemplate> parsed = FileTemplate::parse(pattern);
    const http::Policy policy;
    const Input input = RequestMaker(policy).make(std::string(line), "", 7);
    if (!parsed || !input.request) {
        return;
    }
    RUNNEL_ENSURE(parsed->folder().empty() || parsed->folder().ends_with('/'), "another folder");
    const std::string path = parsed->path_of(input, 3);
    check_names(path);
    RUNNEL_ENSURE(parsed->path_of(input, 3) == path, "another name for the same input");
    RUNNEL_ENSURE(!fuzz::contains(input.request->url.text(), fuzz::kSecret) ||
                      fuzz::contains(pattern, fuzz::kSecret) ||
                      fuzz::contains(input.request->url.redacted(), fuzz::kSecret) ||
                      !fuzz::contains(path, fuzz::kSecret),
                  "a name with a password");

    const test::TemporaryFolder root;
    FileNames names;
    const std::string first = names.take(path);
    const std::string second = names.take(path);
    const std::string inside = names.take(path + "/x");
    RUNNEL_ENSURE(first == path, "the first file does not get its name");
    for (const std::string& name : {first, second, inside}) {
        check_names(name);
        check_place(root, name);
    }
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = runnel::fuzz::as_text(data, size);
    const std::string_view pattern = runnel::fuzz::take_line(text);
    runnel::check(pattern, runnel::fuzz::take_line(text));
    return 0;
}
