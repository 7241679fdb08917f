// Budget: 1 GB/s of input on lines of 100 to 200 bytes, one pointer.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/ensure.hpp"
#include "json/extract.hpp"

namespace runnel {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;

std::vector<JsonPointer> pointers(std::initializer_list<std::string_view> texts) {
    std::vector<JsonPointer> all;
    for (const std::string_view text : texts) {
        all.push_back(*JsonPointer::parse(text));
    }
    return all;
}

/// 8 MiB of lines, more than the caches hold, in blocks as a body comes in.
std::vector<std::string> blocks_of_lines(std::string_view note) {
    std::vector<std::string> blocks(1);
    for (std::uint64_t line = 0; line < 8 * (std::uint64_t{1} << 20) / 147; ++line) {
        if (blocks.back().size() > kBlock) {
            blocks.emplace_back();
        }
        blocks.back() += fmt::format(
            R"({{"user":"user_{}","id":{},"ts":"2026-11-21T05:31:{:02}.123Z","ok":true,)"
            R"("score":{}.75,"tags":["red","blue"],"note":"{}"}})"
            "\n",
            line * 7919 % 100000, line, line % 60, line % 1000, note);
    }
    return blocks;
}

void extract_lines(benchmark::State& state, const std::vector<std::string>& blocks,
                   std::initializer_list<std::string_view> texts, std::string prefix = {}) {
    Extractor extractor(pointers(texts));
    std::int64_t bytes = 0;
    std::string out;
    for (auto _ : state) {
        Extractor::Lines lines(prefix);
        for (const std::string& block : blocks) {
            out.clear();
            RUNNEL_ENSURE(extractor.extract_lines(block, lines, out), "the lines are good");
            bytes += static_cast<std::int64_t>(block.size());
            benchmark::DoNotOptimize(out.data());
        }
    }
    state.SetBytesProcessed(bytes);
}

constexpr std::string_view kPlain = "some plain text of a line";

void lines_one_pointer(benchmark::State& state) {
    extract_lines(state, blocks_of_lines(kPlain), {"/user"});
}
BENCHMARK(lines_one_pointer);

void lines_three_pointers_and_tag(benchmark::State& state) {
    extract_lines(state, blocks_of_lines(kPlain), {"/user", "/tags/1", "/score"},
                  "https://example.org/stream\t");
}
BENCHMARK(lines_three_pointers_and_tag);

void lines_with_escapes(benchmark::State& state) {
    extract_lines(state, blocks_of_lines(R"(a \"quoted\" word\n and \u00e4)"), {"/user", "/note"});
}
BENCHMARK(lines_with_escapes);

void lines_not_ascii(benchmark::State& state) {
    extract_lines(state, blocks_of_lines("\xE6\x9D\xB1\xE4\xBA\xAC gr\xC3\xBC\xC3\x9F"), {"/user"});
}
BENCHMARK(lines_not_ascii);

void whole_line(benchmark::State& state) { extract_lines(state, blocks_of_lines(kPlain), {""}); }
BENCHMARK(whole_line);

void extract_document(benchmark::State& state, const std::string& document,
                      std::string_view pointer) {
    Extractor extractor(pointers({pointer}));
    std::string out;
    for (auto _ : state) {
        out.clear();
        RUNNEL_ENSURE(extractor.extract(document, out), "the document is good");
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(document.size()) * state.iterations());
}

void document_of_20_bytes(benchmark::State& state) {
    extract_document(state, R"({"ip":"203.0.113.7"})", "/ip");
}
BENCHMARK(document_of_20_bytes);

void document_of_8_mebibytes(benchmark::State& state) {
    std::string document = "[";
    for (const std::string& block : blocks_of_lines(kPlain)) {
        for (const char byte : block) {
            document += byte == '\n' ? ',' : byte;
        }
    }
    document.back() = ']';
    extract_document(state, document, "/50000/user");
}
BENCHMARK(document_of_8_mebibytes);

}  // namespace
}  // namespace runnel

BENCHMARK_MAIN();
