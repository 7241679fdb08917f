#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "async/debug.hpp"
#include "async/slow_callbacks.hpp"

namespace runnel::test {

/// Turns debugging on and collects its warnings while it lives. Read them only while no other
/// thread can report any.
class Warnings {
public:
    Warnings() {
        debug::report_to([this](std::string_view warning) { all_.emplace_back(warning); });
        debug::enable();
    }
    ~Warnings() {
        debug::enable(false);
        debug::report_to(nullptr);
    }
    Warnings(const Warnings&) = delete;
    Warnings& operator=(const Warnings&) = delete;

    [[nodiscard]] const std::vector<std::string>& all() const noexcept { return all_; }
    /// Returns the number of warnings that contain \a text.
    [[nodiscard]] std::ptrdiff_t with(std::string_view text) const {
        return std::count_if(all_.begin(), all_.end(), [&](const std::string& warning) {
            return warning.find(text) != std::string::npos;
        });
    }

private:
    std::vector<std::string> all_;
};

/// Changes the threshold of debug::slow_after() while it lives.
class SlowAfter {
public:
    explicit SlowAfter(Duration limit) { debug::slow_after(limit); }
    ~SlowAfter() { debug::slow_after(std::chrono::milliseconds(100)); }
    SlowAfter(const SlowAfter&) = delete;
    SlowAfter& operator=(const SlowAfter&) = delete;
};

}  // namespace runnel::test
