"""`--keep-order`: the output is in the order of the inputs, whichever response arrives first."""

import random
import signal
import threading

import pytest

from support.pace import count, memory_limit, seconds

MEGABYTE = 1 << 20
FAST = ["--retry-delay", "50ms"]


def numbers(url, n):
    return [f"{url}?{i}" for i in range(n)]


def after_a_while(most, seed=7):
    """Answers `?N` with N and another line, after some time, in pieces."""
    chance = random.Random(seed)
    lock = threading.Lock()

    def answer(talk):
        with lock:
            spans = chance.random() * most, chance.random() * most
        body = f"{talk.request.query}\nsecond of {talk.request.query}\n".encode()
        talk.keep_alive = True
        talk.pause(spans[0])
        talk.head({"Content-Length": len(body)})
        talk.send(body[:4])
        talk.pause(spans[1])
        talk.send(body[4:])
    return answer


def lines_of(urls):
    return b"".join(b"%d\nsecond of %d\n" % (i, i) for i in range(len(urls)))


def test_many_at_a_time_print_what_one_at_a_time_does(fetch, server):
    urls = numbers(server.serve("/", after_a_while(0.02)), 500)
    together = fetch("--keep-order", "-j", "64", input="\n".join(urls).encode())
    assert (together.status, together.stdout) == (0, lines_of(urls))


@pytest.mark.parametrize("form, expected", [
    (["--json"], lambda result, urls: [record["input"] for record in result.records] == urls),
    (["-w", r"%{url}\n"], lambda result, urls: result.stdout.decode().split() == urls),
    (["--whole"], lambda result, urls: result.stdout == lines_of(urls)),
    (["--raw"], lambda result, urls: result.stdout == lines_of(urls)),
    (["--raw", "--whole"], lambda result, urls: result.stdout == lines_of(urls)),
    (["--tag"], lambda result, urls: result.stdout.decode().split()[::6] == urls),
])
def test_every_format_keeps_the_order(fetch, server, form, expected):
    urls = numbers(server.serve("/", after_a_while(0.05)), 60)
    result = fetch("--keep-order", *form, input="\n".join(urls).encode())
    assert result.status == 0, result.stderr
    assert expected(result, urls)


def test_failures_are_in_the_place_of_their_inputs(fetch, server):
    good = server.serve("/good", lambda talk: talk.pause(0.2) or talk.reply(b"good\n"))
    bad = server.serve("/bad", lambda talk: talk.reply(status=404))
    inputs = [good, "no url", bad, good, bad]
    result = fetch("--keep-order", "--json", input="\n".join(inputs).encode())
    assert result.status == 1
    assert [(record["input"], record["error"]) for record in result.records] == \
        list(zip(inputs, [None, "bad_input", "http_status", None, "http_status"]))


def test_the_head_streams_while_the_others_are_parked(start, server):
    go = threading.Event()

    def held(talk):
        talk.head({"Content-Length": 12})
        talk.send(b"first\n")
        go.wait(seconds(60))
        talk.send(b"third\n")
    session = start("--keep-order")
    session.say(server.serve("/held", held), *numbers(server.serve("/", b"later\n"), 20))
    assert session.line() == b"first\n"
    server.wait_until(lambda: len(server.requests_to("/")) == 20 and server.active == 1)
    go.set()
    session.end_input()
    result = session.result()
    assert (result.status, result.stdout) == (0, b"first\nthird\n" + 20 * b"later\n")


def test_output_behind_a_slow_head_waits_in_bounded_memory(start, server):
    """Bodies of a megabyte behind one that does not arrive: some are parked, the others wait in the network."""
    go = threading.Event()
    many = count(300)
    sent = []

    def large(talk):
        talk.reply(b"x" * (MEGABYTE - 1) + b"\n")
        sent.append(1)
    session = start("--keep-order", "--order-buffer", "8M", "-j", "16")
    session.say(server.serve("/held", lambda talk: go.wait(seconds(60)) and talk.reply(b"first\n")),
                *numbers(server.serve("/large", large), many))
    session.end_input()
    server.wait_until(lambda: len(sent) >= 8)
    peak = session.peak_memory()
    assert len(sent) < 60, "more was taken than may be parked"
    go.set()
    everything = len(b"first\n") + many * MEGABYTE
    assert session.skip(everything + 1) == everything
    assert session.result().status == 0
    assert peak < memory_limit(64)


def test_a_retried_head_releases_the_inputs_that_wait_for_it(fetch, server):
    """Every job is taken by a body that waits for the first input, which needs a job once more."""
    tries = []

    def flaky(talk):
        tries.append(1)
        if len(tries) < 3:
            talk.pause(0.3)
            return talk.reply(status=503)
        return talk.reply(b"first\n")
    large = b"x" * (MEGABYTE - 1) + b"\n"
    urls = [server.serve("/flaky", flaky), *numbers(server.serve("/large", large), 8)]
    result = fetch("--keep-order", "--order-buffer", "1k", "-j", "2", "--per-host", "2", "--retry", "3", *FAST, *urls)
    assert result.status == 0, result.stderr
    assert result.stdout == b"first\n" + 8 * large


def test_a_redirect_of_the_head_gets_a_job(fetch, server):
    server.serve("/there", b"first\n")
    moved = server.serve("/moved", lambda talk: talk.pause(0.3) or talk.reply(status=302, headers={"Location": "/there"}))
    large = b"x" * (MEGABYTE - 1) + b"\n"
    urls = [moved, *numbers(server.serve("/large", large), 8)]
    result = fetch("--keep-order", "--order-buffer", "1k", "-j", "2", "--per-host", "1", *urls)
    assert (result.status, result.stdout) == (0, b"first\n" + 8 * large)


def test_a_parked_attempt_that_fails_leaves_nothing_and_is_retried(start, server):
    go, failed = threading.Event(), threading.Event()

    def flaky(talk):
        if failed.is_set():
            return talk.reply(b"second\n")
        talk.head({"Content-Length": 100})
        talk.send(b"not this\n")
        return failed.set()
    session = start("--keep-order", *FAST)
    session.say(server.serve("/held", lambda talk: go.wait(seconds(60)) and talk.reply(b"first\n")),
                server.serve("/flaky", flaky))
    session.end_input()
    server.wait_until(lambda: len(server.requests_to("/flaky")) == 2)
    go.set()
    result = session.result()
    assert (result.status, result.stdout) == (0, b"first\nsecond\n")


def test_after_a_signal_complete_output_is_printed_in_order(start, server):
    session = start("--keep-order", "--json", "--grace", "100ms")
    hanging = server.serve("/hang", lambda talk: talk.hang())
    urls = [server.url("/quick") + "?1", hanging, server.url("/quick") + "?2"]
    server.serve("/quick", b"quick\n")
    session.say(*urls)
    server.wait_until(lambda: len(server.requests_to("/quick")) == 2)
    session.signal(signal.SIGINT)
    result = session.result()
    assert result.status == 130
    assert [(record["input"], record["state"]) for record in result.records] == \
        list(zip(urls, ["delivered", "cancelled", "delivered"]))
