#include "pipeline/reorder_window.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using Slot = ReorderWindow::Slot;

class Kept final : public ItemSink {
public:
    void append(std::string_view bytes) override { text += bytes; }
    void append_from(std::string& buffer) override {
        text += buffer;
        ++blocks;
    }
    void end(Settled settled) override {
        if (settled) {
            settled(std::nullopt);
        }
    }

    std::string text;
    int blocks = 0;
};

class ReorderWindowTest : public testing::Test {
protected:
    FakeLoop loop;
    std::shared_ptr<Kept> item_sink = std::make_shared<Kept>();
};

/// Writes \a text to \a slot and records when that was done.
Task<void> write(Slot& slot, std::string text, bool& done) {
    co_await slot.write(text);
    done = true;
}

Task<void> write_now(Slot& slot, std::string text) { co_await slot.write(text); }

/// Runs \a act with a group, then joins it.
template <class Act>
void with_group(FakeLoop& loop, Act act) {
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        act(group);
        co_await group.join();
    };
    run(loop, body());
}

TEST_F(ReorderWindowTest, WritesTheFirstSlotDirectly) {
    ReorderWindow window(1);
    Slot slot = window.open(item_sink);
    EXPECT_FALSE(slot.printed());
    run(loop, write_now(slot, "one"));
    EXPECT_EQ(item_sink->text, "one");
    EXPECT_TRUE(slot.printed());
    run(loop, write_now(slot, std::string(100'000, 'x')));
    EXPECT_EQ(window.parked(), 0U);
    EXPECT_EQ(item_sink->text.size(), 100'003U);
    slot.close();
}

TEST_F(ReorderWindowTest, EndsEachSinkAfterAllDataOfItsSlot) {
    ReorderWindow window(1000);
    std::vector<int> settled;
    const auto settles = [&settled](int which) {
        return [&settled, which](const std::optional<Error>&) { settled.push_back(which); };
    };
    Slot first = window.open(item_sink);
    Slot parked = window.open(item_sink);
    Slot empty = window.open(item_sink);
    run(loop, write_now(parked, "two"));
    parked.close(settles(2));
    empty.close(settles(3));
    EXPECT_EQ(settled, std::vector<int>{3}) << "it did not have to wait";
    first.close(settles(1));
    EXPECT_EQ(settled, (std::vector<int>{3, 1, 2}));
}

TEST_F(ReorderWindowTest, ParksTheDataOfLaterSlotsUntilTheirTurn) {
    ReorderWindow window(1000);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    run(loop, write_now(second, "tw"));
    run(loop, write_now(second, "o"));
    EXPECT_FALSE(second.printed());
    EXPECT_EQ(window.parked(), 3 + ReorderWindow::kPlaceCost);
    run(loop, write_now(first, "one "));
    EXPECT_EQ(item_sink->text, "one ");
    first.close();
    EXPECT_EQ(item_sink->text, "one two");
    EXPECT_TRUE(second.printed());
    EXPECT_EQ(window.parked(), 0U);
    run(loop, write_now(second, "!"));
    EXPECT_EQ(item_sink->text, "one two!");
    second.close();
}

TEST_F(ReorderWindowTest, PrintsClosedSlotsInOrderWithoutTheirTasks) {
    ReorderWindow window(0);
    std::vector<Slot> slots;
    for (int i = 0; i < 5; ++i) {
        slots.push_back(window.open(item_sink));
        run(loop, write_now(slots.back(), std::to_string(i)));
    }
    for (const std::size_t i : {4U, 2U, 1U, 3U}) {
        slots[i].close();
    }
    EXPECT_EQ(item_sink->text, "0");
    slots[0].close();
    EXPECT_EQ(item_sink->text, "01234");
}

TEST_F(ReorderWindowTest, HoldsAWriterBackAtTheLimitUntilItsTurn) {
    ReorderWindow window(10);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    bool parked = false;
    bool waited = false;
    with_group(loop, [&](TaskGroup& group) {
        group.start(write(second, "0123456789", parked));
        EXPECT_TRUE(parked);
        group.start(write(second, "abc", waited));
        EXPECT_FALSE(waited);
        EXPECT_EQ(item_sink->text, "");
        first.close();
        EXPECT_EQ(item_sink->text, "0123456789abc");
    });
    EXPECT_TRUE(waited);
    second.close();
}

TEST_F(ReorderWindowTest, AppendsRegardlessOfTheLimit) {
    ReorderWindow window(1);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    std::string words = "last words";
    run(loop, write_now(second, "xx"));
    second.append(words);
    EXPECT_EQ(words, "");
    EXPECT_EQ(item_sink->text, "");
    words = "first ";
    first.append(words);
    EXPECT_TRUE(first.printed());
    EXPECT_EQ(item_sink->text, "first ");
    first.close();
    EXPECT_EQ(item_sink->text, "first xxlast words");
    second.close();
}

TEST_F(ReorderWindowTest, SetsTheTurnOfTheFirstSlot) {
    ReorderWindow window(0);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    Slot third = window.open(item_sink);
    EXPECT_TRUE(first.turn().is_set());
    EXPECT_FALSE(third.turn().is_set());
    second.close();
    EXPECT_FALSE(third.turn().is_set());
    first.close();
    EXPECT_TRUE(third.turn().is_set());
    third.close();
}

TEST_F(ReorderWindowTest, WaitsUntilLessIsParked) {
    ReorderWindow window(1);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    run(loop, write_now(second, "xx"));
    bool writable = false;
    auto wait = [&]() -> Task<void> {
        co_await window.writable();
        writable = true;
    };
    with_group(loop, [&](TaskGroup& group) {
        group.start(wait());
        EXPECT_FALSE(writable);
        first.close();
    });
    EXPECT_TRUE(writable);
    second.close();
}

TEST_F(ReorderWindowTest, ServesWaitingWritersInOrderOfArrival) {
    ReorderWindow window(1);
    std::vector<Slot> slots(5);
    std::generate(slots.begin(), slots.end(), [&] { return window.open(item_sink); });
    bool done[5] = {};
    with_group(loop, [&](TaskGroup& group) {
        group.start(write(slots[1], "full", done[1]));
        group.start(write(slots[4], "4", done[4]));
        group.start(write(slots[2], "2", done[2]));
        group.start(write(slots[3], "3", done[3]));
        slots[1].discard();
        // The first writer has filled the window again.
        EXPECT_EQ(window.parked(), 1 + ReorderWindow::kPlaceCost);
        slots[4].discard();
        slots[2].discard();
        EXPECT_EQ(window.parked(), 1 + ReorderWindow::kPlaceCost);
    });
    EXPECT_TRUE(done[2] && done[3] && done[4]);
    for (Slot& slot : slots) {
        slot.close();
    }
    EXPECT_EQ(item_sink->text, "3");
}

TEST_F(ReorderWindowTest, IsWritableAgainAfterTheTurnOfParkedData) {
    ReorderWindow window(1);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    Slot third = window.open(item_sink);
    bool parked = false;
    bool waited = false;
    with_group(loop, [&](TaskGroup& group) {
        group.start(write(second, "2", parked));
        group.start(write(third, "3", waited));
        first.close();
        EXPECT_EQ(window.parked(), 1 + ReorderWindow::kPlaceCost);
    });
    EXPECT_TRUE(waited);
    EXPECT_EQ(item_sink->text, "2");
    third.close();
    second.close();
    EXPECT_EQ(item_sink->text, "23");
}

TEST_F(ReorderWindowTest, DiscardsTheDataOfADestroyedSlot) {
    ReorderWindow window(0);
    Slot first = window.open(item_sink);
    {
        const Slot moved = std::move(first);
        Slot second = window.open(item_sink);
        Slot third = window.open(item_sink);
        run(loop, write_now(second, "lost"));
        run(loop, write_now(third, "kept"));
        second = Slot();
        EXPECT_EQ(window.parked(), 4 + ReorderWindow::kPlaceCost);
        third.close();
        EXPECT_EQ(item_sink->text, "");
    }
    EXPECT_EQ(item_sink->text, "kept");
    EXPECT_EQ(window.parked(), 0U);
}

TEST_F(ReorderWindowTest, KeepsThePlaceOfASlotAfterDiscard) {
    ReorderWindow window(0);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    Slot third = window.open(item_sink);
    run(loop, write_now(third, "3"));
    run(loop, write_now(second, "first try"));
    second.discard();
    EXPECT_FALSE(second.printed());
    run(loop, write_now(second, "2"));
    third.close();
    second.close();
    first.close();
    EXPECT_EQ(item_sink->text, "23");
}

TEST_F(ReorderWindowTest, RemovesASlotThatClosedWithoutData) {
    ReorderWindow window(0);
    Slot first = window.open(item_sink);
    for (int i = 0; i < 1000; ++i) {
        window.open(item_sink).close();
    }
    EXPECT_EQ(window.parked(), 0U);
    first.close();
    EXPECT_EQ(item_sink->text, "");
}

TEST_F(ReorderWindowTest, CountsTheOverheadOfSmallAnswers) {
    ReorderWindow window(10 * ReorderWindow::kPlaceCost);
    Slot first = window.open(item_sink);
    int parked = 0;
    for (; window.parked() < 10 * ReorderWindow::kPlaceCost; ++parked) {
        Slot slot = window.open(item_sink);
        run(loop, write_now(slot, "x"));
        slot.close();
    }
    EXPECT_EQ(parked, 10);
    first.close();
    EXPECT_EQ(item_sink->text, std::string(10, 'x'));
}

TEST_F(ReorderWindowTest, GathersSmallPiecesIntoBlocks) {
    ReorderWindow window(0);
    Slot first = window.open(item_sink);
    Slot second = window.open(item_sink);
    std::string all;
    for (int i = 0; i < 20'000; ++i) {
        run(loop, write_now(second, std::to_string(i)));
        all += std::to_string(i);
    }
    first.close();
    EXPECT_EQ(item_sink->text, all);
    EXPECT_EQ(item_sink->blocks, 2);
    second.close();
}

TEST_F(ReorderWindowTest, WritesNothingForAWriterStoppedBeforeItWaits) {
    ReorderWindow window(0);
    Slot first = window.open(item_sink);
    EXPECT_THROW(run(loop, write_now(first, "x"), test::stopped()), Cancelled);
    EXPECT_EQ(item_sink->text, "");
    EXPECT_FALSE(first.printed());
}

/// Lets a writer wait because another slot filled the window. \a act gets the slots before it,
/// which it must close or empty, and the group of the writer. Returns whether the writer has
/// written.
template <class Act>
bool waiting_writer_writes(FakeLoop& loop, const std::shared_ptr<Kept>& item_sink, Act act) {
    ReorderWindow window(1);
    Slot first = window.open(item_sink);
    Slot filler = window.open(item_sink);
    Slot slot = window.open(item_sink);
    bool done = false;
    with_group(loop, [&](TaskGroup& group) {
        group.start(write_now(filler, "f"));
        group.start(write(slot, "x", done));
        EXPECT_FALSE(done);
        act(first, filler, group);
    });
    slot.close();
    return done;
}

TEST_F(ReorderWindowTest, AWriterServedAndStoppedInTheSameTurnHasWritten) {
    const auto act = [](Slot& /*first*/, Slot& filler, TaskGroup& group) {
        filler.discard();
        group.request_stop();
    };
    EXPECT_TRUE(waiting_writer_writes(loop, item_sink, act));
    EXPECT_EQ(item_sink->text, "x");
}

TEST_F(ReorderWindowTest, AWriterStoppedBeforeItIsServedInTheSameTurnHasNotWritten) {
    const auto act = [](Slot& /*first*/, Slot& filler, TaskGroup& group) {
        group.request_stop();
        filler.discard();
    };
    EXPECT_FALSE(waiting_writer_writes(loop, item_sink, act));
    EXPECT_EQ(item_sink->text, "");
}

TEST_F(ReorderWindowTest, AWriterStoppedBeforeItBecomesFirstInTheSameTurnHasNotWritten) {
    const auto act = [](Slot& first, Slot& filler, TaskGroup& group) {
        group.request_stop();
        filler = Slot();
        first = Slot();
    };
    EXPECT_FALSE(waiting_writer_writes(loop, item_sink, act));
    EXPECT_EQ(item_sink->text, "");
}

TEST_F(ReorderWindowTest, AWriterThatBecomesFirstAndIsStoppedInTheSameTurnHasWritten) {
    const auto act = [](Slot& first, Slot& filler, TaskGroup& group) {
        filler = Slot();
        first = Slot();
        group.request_stop();
    };
    EXPECT_TRUE(waiting_writer_writes(loop, item_sink, act));
    EXPECT_EQ(item_sink->text, "x");
}

TEST_F(ReorderWindowTest, AHundredThousandWritesUseConstantStack) {
    ReorderWindow window(1);
    Slot slot = window.open(item_sink);
    auto body = [&]() -> Task<void> {
        for (int i = 0; i < 100'000; ++i) {
            co_await slot.write("x");
        }
    };
    run(loop, body());
    EXPECT_EQ(item_sink->text.size(), 100'000U);
}

TEST(ReorderWindowDeathTest, DestroyingItBeforeItsSlotsAborts) {
    EXPECT_DEATH(
        {
            std::shared_ptr<Kept> item_sink = std::make_shared<Kept>();
            Slot slot;
            ReorderWindow window(0);
            slot = window.open(item_sink);
        },
        "a ReorderWindow was destroyed before its slots");
}

/// Writers with random pieces, pauses and ends, in virtual time.
class Crowd {
public:
    static constexpr std::size_t kLongestPiece = 300;

    Crowd(std::mt19937::result_type seed, std::uint64_t limit)
        : random_(seed), limit_(limit), window_(limit) {}

    void run_round() {
        const std::size_t number = 2 + random_() % 40;
        ended_.resize(number);
        written_.resize(number);
        printed_.resize(number);
        with_group(loop_, [&](TaskGroup& group) {
            for (std::size_t i = 0; i < number; ++i) {
                group.start(stopped_sometimes(i, window_.open(item_sink_)));
            }
        });
        check();
    }

private:
    enum class End { Closed, Dropped };

    [[nodiscard]] bool is_first(std::size_t number) const {
        return std::all_of(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(number),
                           [](const std::optional<End>& end) { return end.has_value(); });
    }

    /// A child whose cancellation does not reach its siblings.
    Task<void> stopped_sometimes(std::size_t number, Slot slot) {
        const Context& context = co_await this_task::context();
        TaskGroup alone(context);
        const bool stopped = random_() % 5 == 0;
        alone.start(write_pieces(number, std::move(slot)));
        if (stopped) {
            alone.start(stop_later(alone, std::chrono::milliseconds(random_() % 100)));
        }
        co_await alone.join();
    }

    static Task<void> stop_later(TaskGroup& group, Duration after) {
        co_await sleep_for(after);
        group.request_stop();
    }

    /// Every slot writes its own character, so that the output identifies the slot.
    Task<void> write_pieces(std::size_t number, Slot slot) {
        const std::size_t pieces = random_() % 20;
        const bool fails = random_() % 4 == 0;
        try {
            for (std::size_t i = 0; i < pieces; ++i) {
                const std::string piece(random_() % kLongestPiece, static_cast<char>('0' + number));
                co_await sleep_for(std::chrono::milliseconds(random_() % 20));
                const bool first = is_first(number);
                const Duration before = loop_.elapsed();
                co_await slot.write(piece);
                EXPECT_TRUE(!first || loop_.elapsed() == before) << "the first slot had to wait";
                EXPECT_LE(window_.parked(), limit_ + kLongestPiece + ReorderWindow::kPlaceCost);
                written_[number] += piece.size();
            }
        } catch (const Cancelled&) {
            end(number, slot, End::Dropped);
            throw;
        }
        end(number, slot, fails ? End::Dropped : End::Closed);
    }

    void end(std::size_t number, Slot& slot, End how) {
        ended_[number] = how;
        printed_[number] = slot.printed();
        if (how == End::Closed) {
            slot.close();
        } else {
            slot = Slot();
        }
    }

    /// Checks that the output contains, slot by slot, all data of the slots that were closed or
    /// were the first, and none of the others.
    void check() const {
        std::string expected;
        for (std::size_t i = 0; i < ended_.size(); ++i) {
            if (ended_[i] == End::Closed || printed_[i]) {
                expected.append(written_[i], static_cast<char>('0' + i));
            }
        }
        EXPECT_EQ(item_sink_->text, expected);
        EXPECT_EQ(window_.parked(), 0U);
    }

    std::mt19937 random_;
    FakeLoop loop_;
    std::shared_ptr<Kept> item_sink_ = std::make_shared<Kept>();
    std::uint64_t limit_;
    ReorderWindow window_;
    std::vector<std::optional<End>> ended_;
    std::vector<std::size_t> written_;
    std::vector<bool> printed_;
};

TEST(ReorderWindow, KeepsOrderAndLimitUnderRandomLoad) {
    std::mt19937 random(20261121);
    for (int round = 0; round < 2000 && !testing::Test::HasFailure(); ++round) {
        const std::uint64_t limit = 1 + random() % 4000;
        SCOPED_TRACE("round " + std::to_string(round));
        Crowd(random(), limit).run_round();
    }
}

}  // namespace
}  // namespace runnel
