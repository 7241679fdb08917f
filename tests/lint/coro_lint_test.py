"""What the coroutine lint rejects and accepts."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "lint"))
import coro_lint  # noqa: E402


def problems(body):
    return [problem for _, problem in coro_lint.check(f"Task<void> f() {{\n{body}\n}}\n")]


BRACES = "braces beside a co_await"
LAMBDA = "a lambda capturing by value beside a co_await"
TERNARY = "?: beside a co_await"
THROW = "throw beside a co_await"
SEVERAL = "more than one co_await in a statement"


@pytest.mark.parametrize(
    "body, problem",
    [
        ("co_await run([text] { use(text); });", LAMBDA),
        ("co_await run([=] { use(text); });", LAMBDA),
        ("co_await run([&a, b] { use(a, b); });", LAMBDA),
        ("co_await run([text = std::move(text)]() mutable { use(text); });", LAMBDA),
        ("co_return co_await run(wrap([text] { use(text); }));", LAMBDA),
        ("co_await run([*this] { use(); });", LAMBDA),
        ('co_await g(Options{Name{}, "x"});', BRACES),
        ("co_await g({.limit = 3});", BRACES),
        ("Pair pair{co_await g(), 1};", BRACES),
        ("pair = Pair{co_await g(), 1};", BRACES),
        ("co_return Pair{co_await g(), 1};", BRACES),
        ("auto name = ready ? co_await g() : Name();", TERNARY),
        ("co_await g(ready ? a : b);", TERNARY),
        ("throw Failure(co_await g());", THROW),
        ("use(co_await g(), co_await h());", SEVERAL),
        ("auto sum = co_await g() + co_await h();", SEVERAL),
        ("if (co_await g(Options{})) { stop(); }", BRACES),
        ("for (auto x : co_await g({1, 2})) { use(x); }", BRACES),
        ("while (auto x = co_await g(a ? b : c)) use(x);", TERNARY),
        ("switch (co_await g(Key{1})) { default: break; }", BRACES),
        ("if (ready)\n co_await g(Key{1});", BRACES),
        ("switch (x) { case 1: co_await g(Key{1}); }", BRACES),
        ("run([&]() -> Task<void> { co_await g(Key{1}); });", BRACES),
        ("auto job = [](int n) -> Task<int> { co_return co_await g(n ? 1 : 2); };", TERNARY),
        ("try { x(); } catch (const E& e) { y(); } co_await g(Key{1});", BRACES),
        ("co_yield Pair{1, 2};", BRACES),
    ],
)
def test_refuses(body, problem):
    assert problems(body) == [problem]


@pytest.mark.parametrize(
    "body",
    [
        "co_await g();",
        "auto value = co_await g(Name(), std::move(x), \"?{}\");",
        "auto fn = [text] { use(text); }; co_await run(std::move(fn));",
        "co_await run([&] { use(text); });",
        "co_await run([this, &x] { use(x); });",
        "auto parts = Parts{1, 2}; auto both = co_await g(std::move(parts));",
        "auto name = ready ? a : b; co_await g(name);",
        "if (co_await g()) { co_await h(); } else { co_await i(); }",
        "if (auto x = co_await g(); x) { y = x ? 1 : 2; }",
        "for (auto x : co_await g()) { co_await h(x); }",
        "for (int i{0}; i < co_await n(); ++i) { co_await h(i); }",
        "for (auto&& [a, b] : list) { co_await h(a[0], b); }",
        "auto [a, b] = co_await g();",
        "do { co_await g(); } while (co_await h());",
        "switch (co_await g()) { case Kind::A: co_await a(); break; default: co_await b(); }",
        "auto got = co_await g(); throw Failure(got);",
        "// co_await g(Key{1})\nconst char* s = \"co_await g({1})\"; auto r = R\"(co_await {?)\";",
        "auto big = 1'000; co_await g(big); char c = '{'; co_await g(c);",
        "table[co_await index()] = 3;",
        "struct Local { int a{1}; }; co_await g();",
        "EXPECT_EQ(co_await g(), 1);",
        "run([&]() -> Task<void> { co_await g(); }, [&]() -> Task<void> { co_await h(); });",
        "co_await g(Key{1});  // coro-lint: ok(Key is trivially destructible)",
        "co_await g(  // coro-lint: ok(trivial)\n    Key{1});",
    ],
)
def test_lets_through(body):
    assert problems(body) == []


def test_a_suppression_needs_a_reason():
    assert problems("co_await g(Key{1});  // coro-lint: ok()") == [BRACES]


def test_names_the_line_of_the_await():
    assert coro_lint.check("Task<void> f() {\n    use(\n        co_await g(Key{}));\n}\n") == [(3, BRACES)]


@pytest.mark.parametrize(
    "declaration",
    [
        "Task<int> f(Url url, Options options = {});",
        "[[nodiscard]] Task<int> f(Options options = Options{1}) { co_return 1; }",
        "class Client { virtual Task<int> f(Options options = {}) = 0; };",
    ],
)
def test_refuses_a_braced_default_argument(declaration):
    found = [problem for _, problem in coro_lint.check(declaration)]
    assert found == ["a braced default argument of a coroutine"]


def test_distinguishes_functions_from_initialisers_at_every_scope():
    source = """
    #define AWAIT_TWICE(x) \\
        co_await x{}, co_await x{}
    extern "C" { void c_function(void); }
    namespace runnel::detail {
    namespace {
    constexpr int kTable[] = {1, 2};
    template <class T> concept Closes = requires(T t) { { t.close() } -> Same<void>; };
    enum class Kind : int { A, B };
    template <class T>
    class [[nodiscard]] Client final : public Base<T> {
    public:
        explicit Client(int n) : a_(n), b_{n} { start(); }
        Client& operator=(Client&&) = default;
        bool operator==(const Client& other) const noexcept { return a_ == other.a_; }
        Awaiter operator co_await() && noexcept { return Awaiter{frame_}; }
        auto f() const& -> Task<int> { co_return co_await g(); }
        template <class F> requires Closes<F>
        Task<int> h(F f, int n = 3) { auto x = co_await f(); co_return co_await g(x); }
    private:
        int a_ = 0;
        std::vector<int> b_{1, 2};
    };
    }
    Task<int> Client::later() try { co_return co_await g(); } catch (...) { throw; }
    TEST(Suite, Name) { run([]() -> Task<void> { co_await g(); co_await h(); }()); }
    }
    Task<int> bad() { co_return co_await g(Key{1}); }
    """
    assert [problem for _, problem in coro_lint.check(source)] == [BRACES]
