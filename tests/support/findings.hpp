#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "async/debug.hpp"
#include "async/slow_callbacks.hpp"

namespace runnel::test {

/// Debugging on, and its findings here, while it lives. Look at them when no other thread can add
/// any.
class Findings {
public:
    Findings() {
        debug::report_to([this](std::string_view finding) { all_.emplace_back(finding); });
        debug::enable();
    }
    ~Findings() {
        debug::enable(false);
        debug::report_to(nullptr);
    }
    Findings(const Findings&) = delete;
    Findings& operator=(const Findings&) = delete;

    [[nodiscard]] const std::vector<std::string>& all() const noexcept { return all_; }
    /// How many of them have \a text in them.
    [[nodiscard]] std::ptrdiff_t with(std::string_view text) const {
        return std::count_if(all_.begin(), all_.end(), [&](const std::string& finding) {
            return finding.find(text) != std::string::npos;
        });
    }

private:
    std::vector<std::string> all_;
};

/// Another limit for what holds a loop, while it lives.
class SlowAfter {
public:
    explicit SlowAfter(Duration limit) { debug::slow_after(limit); }
    ~SlowAfter() { debug::slow_after(std::chrono::milliseconds(100)); }
    SlowAfter(const SlowAfter&) = delete;
    SlowAfter& operator=(const SlowAfter&) = delete;
};

}  // namespace runnel::test
