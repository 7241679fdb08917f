// g++ 12 destroys some temporaries twice if a co_await is in the same full expression. Each test
// here shows a safe form and names the unsafe one that it replaces. They must pass with every
// compiler and optimisation level. The rule (docs/coroutines.md):
//
//     One co_await per statement. The statement holds only named values, calls and plain class
//     temporaries: no braces, no lambda that captures by value, no `?:`, no `throw`. An aggregate
//     with non-trivial members must not be a parameter of a coroutine.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "async/sleep.hpp"
#include "async/task.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using test::Census;
using test::Counted;
using test::FakeLoop;

/// Longer than the small buffer of std::string, so that a second destructor is a double free.
constexpr const char* kLong = "a string that does not fit into the string object itself";

struct Pair {
    Counted counted;
    std::string text;
};

/// Like Pair, but not an aggregate, because it declares a constructor.
class Options {
public:
    Options(Counted counted, std::string text)
        : counted_(std::move(counted)), text_(std::move(text)) {}
    [[nodiscard]] int value() const { return counted_.value(); }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    Counted counted_;
    std::string text_;
};

/// A declared default constructor is enough.
struct Settings {
    Settings() = default;
    std::string text = kLong;
    std::optional<Counted> counted;
};

template <class Function>
Task<int> call_later(Function function) {
    co_await yield_now();
    co_return function();
}

Task<int> call_with(int (*function)(const Counted&), Counted counted) {
    co_await yield_now();
    co_return function(counted);
}

Task<int> take(Options options) {
    co_await yield_now();
    EXPECT_EQ(options.text(), kLong);
    co_return options.value();
}

Task<int> take_settings(Settings settings) {
    co_await yield_now();
    EXPECT_EQ(settings.text, kLong);
    co_return settings.counted->value();
}

Task<int> take_all(std::vector<Counted> all) {
    co_await yield_now();
    int sum = 0;
    for (const Counted& one : all) {
        sum += one.value();
    }
    co_return sum;
}

Task<int> look_at(const Counted& counted) {
    co_await yield_now();
    co_return counted.value();
}

Task<int> look_at_text(const Counted& counted, const std::string& text) {
    co_await yield_now();
    EXPECT_EQ(text, kLong);
    co_return counted.value();
}

Task<int> fail_with(Options options) {
    co_await yield_now();
    throw std::runtime_error(options.text());
}

Task<Counted> make(Census& census, int value) {
    co_await yield_now();
    co_return Counted(census, value);
}

Task<std::vector<Counted>> make_many(Census& census, int count) {
    co_await yield_now();
    std::vector<Counted> all;
    for (int i = 1; i <= count; ++i) {
        all.emplace_back(census, i);
    }
    co_return all;
}

Task<Pair> make_pair_of(Census& census) {
    Counted counted = co_await make(census, 5);
    Pair pair{std::move(counted), kLong};
    co_return pair;
}

/// Ends every test: checks that every object was destroyed exactly once.
template <class Body>
int value_of(Census& census, Body& body) {
    FakeLoop loop;
    const int value = run(loop, body());
    EXPECT_EQ(census.live, 0) << "less than 0: something was destroyed twice";
    return value;
}

// Not: co_await call_later([counted = Counted(…)] { … });
TEST(Compiler, AClosureIsNamedAndMovedIn) {
    Census census;
    auto body = [&]() -> Task<int> {
        auto function = [counted = Counted(census, 3), text = std::string(kLong)] {
            return text == kLong ? counted.value() : 0;
        };
        const int value = co_await call_later(std::move(function));
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 3);
}

// Not: co_await call_later([counted = Counted(…)] { … });
TEST(Compiler, ATaskIsMadeInAStatementOfItsOwn) {
    Census census;
    auto body = [&]() -> Task<int> {
        auto task = call_later([counted = Counted(census, 3)] { return counted.value(); });
        const int value = co_await std::move(task);
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 3);
}

// Not: co_await call_later([counted = Counted(…)] { … });
TEST(Compiler, AFunctionAndItsArgumentsReplaceAClosure) {
    Census census;
    auto body = [&]() -> Task<int> {
        auto read = [](const Counted& counted) { return counted.value(); };
        const int value = co_await call_with(read, Counted(census, 4));
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 4);
}

TEST(Compiler, AClosureThatCapturesByReferenceMayStandInTheStatement) {
    Census census;
    auto body = [&]() -> Task<int> {
        const Counted counted(census, 6);
        const int value = co_await call_later([&] { return counted.value(); });
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 6);
}

// Not: [counted = Counted(…)]() -> Task<int> { … }(), whose captures die before the coroutine does.
TEST(Compiler, ALambdaThatIsACoroutineTakesItsDataAsParameters) {
    Census census;
    auto body = [&]() -> Task<int> {
        auto work = [](Counted counted, std::string text) -> Task<int> {
            co_await yield_now();
            EXPECT_EQ(text, kLong);
            co_return counted.value();
        };
        const int value = co_await work(Counted(census, 7), std::string(kLong));
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 7);
}

// Not: co_await take(Pair{Counted(…), "…"}), Pair(…) or {.counted = …}.
TEST(Compiler, AnArgumentIsAClassWithADeclaredConstructor) {
    Census census;
    auto body = [&]() -> Task<int> {
        const int value = co_await take(Options(Counted(census, 8), std::string(kLong)));
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 8);
}

// Not: an aggregate of options as parameter, in particular with a default argument `= {}`.
TEST(Compiler, ADeclaredDefaultConstructorIsEnough) {
    Census census;
    auto body = [&]() -> Task<int> {
        Settings settings;
        settings.counted.emplace(census, 9);
        const int value = co_await take_settings(std::move(settings));
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 9);
}

// Not: Pair pair{co_await make(…), "…"};
TEST(Compiler, AnAggregateIsFilledWithWhatWasAwaitedBefore) {
    Census census;
    auto body = [&]() -> Task<int> {
        Counted counted = co_await make(census, 10);
        const Pair pair{std::move(counted), kLong};
        co_return pair.counted.value();
    };
    EXPECT_EQ(value_of(census, body), 10);
}

// Not: co_return Pair{co_await make(…), "…"};
TEST(Compiler, AnAggregateIsReturnedByName) {
    Census census;
    auto body = [&]() -> Task<int> {
        const Pair pair = co_await make_pair_of(census);
        EXPECT_EQ(pair.text, kLong);
        co_return pair.counted.value();
    };
    EXPECT_EQ(value_of(census, body), 5);
}

// Not: Counted counted = flag ? co_await make(…) : Counted(…);
TEST(Compiler, IfAndElseReplaceTheConditionalOperator) {
    for (const bool flag : {true, false}) {
        Census census;
        auto body = [&]() -> Task<int> {
            std::optional<Counted> counted;
            if (flag) {
                counted = co_await make(census, 1);
            } else {
                counted.emplace(census, 2);
            }
            co_return counted->value();
        };
        EXPECT_EQ(value_of(census, body), flag ? 1 : 2);
    }
}

// Not: throw Failure(co_await make(…));
TEST(Compiler, AnExceptionIsThrownAfterTheAwait) {
    class Failure : public std::runtime_error {
    public:
        explicit Failure(Counted counted)
            : std::runtime_error(kLong), value_(std::move(counted).value()) {}
        [[nodiscard]] int value() const { return value_; }

    private:
        int value_;
    };
    Census census;
    auto fail = [&]() -> Task<int> {
        Counted counted = co_await make(census, 11);
        throw Failure(std::move(counted));
    };
    auto body = [&]() -> Task<int> {
        try {
            co_await fail();
        } catch (const Failure& failure) {
            co_return failure.value();
        }
        co_return 0;
    };
    EXPECT_EQ(value_of(census, body), 11);
}

// Not: co_await take_all({Counted(…), Counted(…)}), which g++ 12 does not compile.
TEST(Compiler, AContainerIsBuiltInAStatementOfItsOwn) {
    Census census;
    auto body = [&]() -> Task<int> {
        std::vector<Counted> all;
        all.emplace_back(census, 1);
        all.emplace_back(census, 2);
        const int sum = co_await take_all(std::move(all));
        co_return sum;
    };
    EXPECT_EQ(value_of(census, body), 3);
}

// Not: std::vector<Counted>{co_await make(…), co_await make(…)};
TEST(Compiler, AContainerIsFilledWithOneAwaitAfterTheOther) {
    Census census;
    auto body = [&]() -> Task<int> {
        std::vector<Counted> all;
        all.push_back(co_await make(census, 1));
        all.push_back(co_await make(census, 2));
        co_return all[0].value() + all[1].value();
    };
    EXPECT_EQ(value_of(census, body), 3);
}

// Not: auto [a, b] = co_await …; g++ 15 and 16 skip or repeat destructors there.
TEST(Compiler, AStructuredBindingBindsToANamedResult) {
    Census census;
    auto body = [&]() -> Task<int> {
        const Pair pair = co_await make_pair_of(census);
        const auto& [counted, text] = pair;
        EXPECT_EQ(text, kLong);
        co_return counted.value();
    };
    EXPECT_EQ(value_of(census, body), 5);
}

TEST(Compiler, TemporariesBoundToReferencesLiveUntilTheAwaitIsOver) {
    Census census;
    auto body = [&]() -> Task<int> {
        const int one = co_await look_at(Counted(census, 1));
        const int two = co_await look_at_text(Counted(census, 2), std::string(kLong));
        EXPECT_EQ(census.live, 0);
        co_return one + two;
    };
    EXPECT_EQ(value_of(census, body), 3);
}

TEST(Compiler, AResultMayBeUsedInItsOwnStatement) {
    Census census;
    auto body = [&]() -> Task<int> {
        EXPECT_EQ((co_await make(census, 12)).value(), 12);
        const int value = (co_await make(census, 13)).value();
        EXPECT_EQ(census.live, 0);
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 13);
}

TEST(Compiler, AwaitsMayStandInIfWhileAndRangeFor) {
    Census census;
    auto body = [&]() -> Task<int> {
        int sum = 0;
        if (const Counted counted = co_await make(census, 1); counted.value() == 1) {
            sum += counted.value();
        }
        while ((co_await make(census, sum)).value() < 3) {
            ++sum;
        }
        for (const Counted& counted : co_await make_many(census, 3)) {
            sum += counted.value();
        }
        co_return sum;
    };
    EXPECT_EQ(value_of(census, body), 9);
}

TEST(Compiler, ArgumentsOfACallThatThrowsAreDestroyedOnce) {
    Census census;
    auto body = [&]() -> Task<int> {
        try {
            co_await fail_with(Options(Counted(census, 1), std::string(kLong)));
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), kLong);
            co_return 1;
        }
        co_return 0;
    };
    EXPECT_EQ(value_of(census, body), 1);
}

TEST(Compiler, ArgumentsOfATaskNeverAwaitedAreDestroyedOnce) {
    Census census;
    auto body = [&]() -> Task<int> {
        const auto task = take(Options(Counted(census, 1), std::string(kLong)));
        co_return census.live;
    };
    EXPECT_EQ(value_of(census, body), 1);
}

TEST(Compiler, ArgumentsOfACancelledCallAreDestroyedOnce) {
    Census census;
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        co_await take(Options(Counted(census, 1), std::string(kLong)));
    };
    EXPECT_THROW(run(loop, body(), test::stopped()), Cancelled);
    EXPECT_EQ(census.live, 0);
}

TEST(Compiler, NestedCallsOfPlainClassesAreDestroyedOnce) {
    Census census;
    auto body = [&]() -> Task<int> {
        auto pointer = std::make_unique<Counted>(census, 14);
        auto through = [](std::unique_ptr<Counted> given) { return given; };
        const int value = co_await look_at(*through(std::move(pointer)));
        co_return value;
    };
    EXPECT_EQ(value_of(census, body), 14);
}

}  // namespace
}  // namespace runnel
