// Budget: at most 700 ns per typical record.

#include <chrono>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "pipeline/record.hpp"

namespace runnel {
namespace {

using std::chrono::microseconds;

Record typical_record() {
    Record record;
    record.input = "https://api.example.com/v1/items/1234567?expand=owner,tags";
    record.file_in = "urls.txt";
    record.line = 123456;
    record.id = "1234567";
    record.finished = std::chrono::system_clock::now();
    record.exitcode = 0;
    record.method = "GET";
    record.url = record.input;
    record.url_effective = record.input;
    record.response_code = 200;
    record.http_version = "1.1";
    record.content_type = "application/json; charset=utf-8";
    record.size_download = 48213;
    record.size_header = 312;
    record.attempts = 1;
    record.remote_ip = "203.0.113.77";
    record.remote_port = 443;
    record.time_namelookup = microseconds(1203);
    record.time_connect = microseconds(12034);
    record.time_appconnect = microseconds(34567);
    record.time_pretransfer = microseconds(34601);
    record.time_starttransfer = microseconds(81234);
    record.time_redirect = microseconds(0);
    record.time_total = microseconds(91234);
    record.time_queue = microseconds(1234567);
    return record;
}

void write_records(benchmark::State& state, Record record) {
    constexpr std::size_t kBlock = std::size_t{64} << 10;
    std::string out;
    std::int64_t bytes = 0;
    for (auto _ : state) {
        record.finished += microseconds(17);
        const std::size_t before = out.size();
        append_json(record, out);
        bytes += static_cast<std::int64_t>(out.size() - before);
        if (out.size() > kBlock) {
            out.clear();
        }
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(bytes);
}

void typical(benchmark::State& state) { write_records(state, typical_record()); }
BENCHMARK(typical);

void failed(benchmark::State& state) {
    Record record = typical_record();
    record.failure = Error(ErrorClass::HttpStatus, "the server answered 503");
    write_records(state, record);
}
BENCHMARK(failed);

void not_ascii(benchmark::State& state) {
    Record record = typical_record();
    record.input += "&q=\xE6\x9D\xB1\xE4\xBA\xAC";
    record.extra = R"({"note":"\u00e4"})";
    write_records(state, record);
}
BENCHMARK(not_ascii);

void one_megabyte_body(benchmark::State& state) {
    Record record = typical_record();
    std::string& body = record.response_body.emplace();
    while (body.size() < std::size_t{1} << 20) {
        body += "{\"name\":\"some value\",\"count\":12}\n";
    }
    write_records(state, record);
}
BENCHMARK(one_megabyte_body);

}  // namespace
}  // namespace runnel

BENCHMARK_MAIN();
