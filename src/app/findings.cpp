#include "app/findings.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <thread>

#include "async/debug.hpp"

namespace runnel {

LogsFindings::LogsFindings(Log& log) {
    debug::report_to([&log, owner = std::this_thread::get_id()](std::string_view finding) {
        if (std::this_thread::get_id() == owner) {
            log.warn(fmt::format("debug: {}", finding));
        } else {
            fmt::print(stderr, "runnel: debug: {}\n", finding);
        }
    });
}

LogsFindings::~LogsFindings() { debug::report_to(nullptr); }

}  // namespace runnel
