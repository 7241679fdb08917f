#include "pipeline/batch.hpp"

namespace runnel {

void Batch::add(std::string_view line, const std::shared_ptr<LineOwner>& owner) {
    text_ += line;
    text_ += delimiter_;
    ++size_;
    if (!owner) {
        return;
    }
    if (shares_.empty() || shares_.back().owner != owner) {
        shares_.push_back(Share{owner, 0});
    }
    ++shares_.back().lines;
}

void Batch::settle(const std::optional<Error>& failure) {
    for (const Share& share : std::exchange(shares_, {})) {
        share.owner->settle(share.lines, failure);
    }
}

}  // namespace runnel
