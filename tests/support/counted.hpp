#pragma once

#include <utility>

namespace runnel::test {

/// Counts of the Counted objects that refer to it. A negative `live` means that one was destroyed
/// twice.
struct Census {
    int live = 0;
    int copies = 0;
    int moves = 0;
};

/// A value whose constructions, copies, moves and destructions are counted in a census, which must
/// outlive it.
class Counted {
public:
    static constexpr int kMovedFrom = -1;

    explicit Counted(Census& census, int value = 0) noexcept : census_(&census), value_(value) {
        ++census_->live;
    }
    Counted(const Counted& other) noexcept : census_(other.census_), value_(other.value_) {
        ++census_->live;
        ++census_->copies;
    }
    Counted(Counted&& other) noexcept
        : census_(other.census_), value_(std::exchange(other.value_, kMovedFrom)) {
        ++census_->live;
        ++census_->moves;
    }
    Counted& operator=(const Counted& other) noexcept {
        if (this != &other) {
            value_ = other.value_;
            ++census_->copies;
        }
        return *this;
    }
    Counted& operator=(Counted&& other) noexcept {
        if (this != &other) {
            value_ = std::exchange(other.value_, kMovedFrom);
            ++census_->moves;
        }
        return *this;
    }
    ~Counted() { --census_->live; }

    [[nodiscard]] int value() const noexcept { return value_; }

private:
    Census* census_;
    int value_;
};

}  // namespace runnel::test
