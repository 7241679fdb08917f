#include "pipeline/reorder_window.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/ensure.hpp"

namespace runnel {
namespace {

/// Maximum size of a block of gathered small pieces (bytes). Larger pieces are stored on their own,
/// because a block that grows takes up to twice the memory of its bytes.
constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::size_t kSmallPiece = std::size_t{4} << 10;
constexpr std::size_t kFirstGrowth = 256;

/// Appends \a piece to \a block. Returns false if it must be stored on its own.
bool gather(std::string& block, std::string_view piece) {
    const std::size_t size = block.size() + piece.size();
    if (size > block.capacity()) {
        if (size > kBlock || piece.size() >= kSmallPiece) {
            return false;
        }
        // Powers of two, so that the last size is kBlock.
        block.reserve(std::max(kFirstGrowth, std::bit_ceil(size)));
    }
    block += piece;
    return true;
}

}  // namespace

ReorderWindow::ReorderWindow(std::uint64_t limit) noexcept
    : limit_(limit == 0 ? std::numeric_limits<std::uint64_t>::max() : limit) {}

ReorderWindow::~ReorderWindow() {
    RUNNEL_ENSURE(places_.empty(), "a ReorderWindow was destroyed before its slots");
}

ReorderWindow::Slot ReorderWindow::open(std::shared_ptr<ItemSink> item_sink) {
    const auto place = places_.emplace(places_.end(), std::move(item_sink));
    if (is_first(*place)) {
        place->turn.set();
    }
    return Slot(*this, place);
}

Task<void> ReorderWindow::writable() {
    while (parked_ >= limit_) {
        below_limit_.clear();
        co_await below_limit_.wait();
    }
}

void ReorderWindow::Slot::drop() {
    if (window_ != nullptr) {
        discard();
        close();
    }
}

/// Writes or parks \a bytes. Returns false if the limit is reached.
bool ReorderWindow::take(Place& place, std::string_view bytes) {
    if (is_first(place)) {
        print(place, bytes);
        return true;
    }
    if (parked_ >= limit_) {
        return false;
    }
    park(place, bytes);
    return true;
}

void ReorderWindow::append(Place& place, std::string& bytes) {
    if (!is_first(place)) {
        park(place, bytes);
        bytes.clear();
        return;
    }
    place.printed = place.printed || !bytes.empty();
    place.item_sink->append_from(bytes);
}

void ReorderWindow::print(Place& place, std::string_view bytes) {
    place.printed = place.printed || !bytes.empty();
    place.item_sink->append(bytes);
}

void ReorderWindow::park(Place& place, std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    std::uint64_t cost = bytes.size();
    if (place.parked.empty()) {
        cost += kPlaceCost;
    }
    place.cost += cost;
    parked_ += cost;
    if (!place.parked.empty() && gather(place.parked.back(), bytes)) {
        return;
    }
    place.parked.emplace_back(bytes);
}

void ReorderWindow::discard(Place& place) {
    place.parked.clear();
    parked_ -= std::exchange(place.cost, 0);
    park_waiting();
}

void ReorderWindow::close(std::list<Place>::iterator place, ItemSink::Settled settled) {
    place->settled = std::move(settled);
    if (!place->parked.empty()) {
        place->parked.back().shrink_to_fit();
        place->closed = true;
        return;
    }
    const bool first = is_first(*place);
    end(place);
    if (first) {
        begin_turn();
    }
}

void ReorderWindow::end(std::list<Place>::iterator place) {
    const std::shared_ptr<ItemSink> item_sink = std::move(place->item_sink);
    ItemSink::Settled settled = std::move(place->settled);
    places_.erase(place);
    item_sink->end(std::move(settled));
}

/// Starts the turn of the new first place: writes its parked data, and continues with the next
/// place if it is closed.
void ReorderWindow::begin_turn() {
    while (!places_.empty()) {
        Place& first = places_.front();
        first.turn.set();
        print_parked(first);
        // A cancelled writer must not write.
        if (first.writing != nullptr && first.writing->finish()) {
            print(first, first.writing->bytes_);
        }
        if (!first.closed) {
            break;
        }
        end(places_.begin());
    }
    park_waiting();
}

void ReorderWindow::print_parked(Place& place) {
    for (std::string& block : place.parked) {
        place.printed = true;
        place.item_sink->append_from(block);
    }
    place.parked = {};
    parked_ -= std::exchange(place.cost, 0);
}

/// Serves the waiting writers in order of arrival, while less is parked than the limit.
void ReorderWindow::park_waiting() {
    while (parked_ < limit_ && !waiting_.empty()) {
        auto& writer = static_cast<WriteAwaiter&>(*waiting_.first());
        park(writer.place_, writer.bytes_);
        writer.finish();
    }
    if (parked_ < limit_) {
        below_limit_.set();
    }
}

}  // namespace runnel
