// The main function of a fuzz target in builds without libFuzzer: runs the files of a corpus.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/ensure.hpp"
#include "base/read_file.hpp"
#include "fuzz/fuzz_text.hpp"

int main(int count, char** arguments) {
    std::size_t replayed = 0;
    for (const std::string& folder : std::vector<std::string>(arguments + 1, arguments + count)) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            // The last name in the output is that of the file that failed.
            std::printf("%s\n", entry.path().c_str());
            std::fflush(stdout);
            const runnel::Result<std::string> file = runnel::read_file(entry.path());
            RUNNEL_ENSURE(file, "cannot read a file of the corpus");
            // A copy of exactly this size, so that AddressSanitizer sees an access beyond it.
            const std::vector<std::uint8_t> bytes(file->begin(), file->end());
            LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
            ++replayed;
        }
    }
    RUNNEL_ENSURE(replayed > 0, "the corpus is empty: pass a folder with files");
    return 0;
}
