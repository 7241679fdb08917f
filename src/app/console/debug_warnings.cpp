#include "app/console/debug_warnings.hpp"

#include <fmt/format.h>

#include <thread>

#include "async/debug.hpp"

namespace runnel {

LogsDebugWarnings::LogsDebugWarnings(Log& log) {
    debug::report_to([&log, owner = std::this_thread::get_id()](std::string_view warning) {
        if (std::this_thread::get_id() == owner) {
            log.warn(fmt::format("debug: {}", warning));
        } else {
            debug::write_warning(warning);
        }
    });
}

LogsDebugWarnings::~LogsDebugWarnings() { debug::report_to(nullptr); }

}  // namespace runnel
