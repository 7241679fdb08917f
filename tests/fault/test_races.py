"""`runnel race` with sources that fail together, or answer together."""

import json
import threading

import pytest

from support.pace import count, duration, seconds


@pytest.fixture
def together(server):
    """together(n, answer) gives n URLs whose answers, functions(talk), begin at the same moment."""
    def serve(number, answer):
        barrier = threading.Barrier(number)

        def meet(talk):
            barrier.wait(seconds(30))
            answer(talk)
        return [server.serve(f"/{n}", meet) for n in range(number)]
    return serve


def test_of_sources_that_answer_together_one_is_printed(runnel, together):
    for _ in range(count(20)):
        result = runnel("race", *together(8, lambda talk: talk.reply(b"answer\n")))
        assert (result.status, result.stdout) == (0, b"answer\n")


def test_of_sources_that_answer_together_one_has_won(runnel, together):
    result = runnel("race", "--json", *together(8, lambda talk: talk.reply(talk.request.path.encode())))
    story = json.loads(result.stdout)
    assert story["ok"] and result.status == 0
    assert [attempt["state"] for attempt in story["attempts"]].count("won") == 1


def test_an_answer_at_the_deadline_is_printed_or_late(runnel, server):
    """Whatever comes first, there is one story: a value and 0, or none and 124."""
    def answer(talk):
        talk.pause(0.2)
        talk.reply(b"answer\n")
    for number in range(count(20)):
        result = runnel("race", "--deadline", f"{195 + number}ms", server.serve("/", answer))
        assert (result.status, result.stdout) in ((0, b"answer\n"), (124, b"")), result


FAILURES = {
    "refused statuses": lambda talk: talk.reply(b"no\n", 500),
    "broken connections": lambda talk: talk.reset(),
    "empty replies": lambda talk: None,
    "bodies without a value": lambda talk: talk.reply(b"\n"),
    "captive portals": lambda talk: talk.reply(b"<html>Log in</html>"),
    "bodies that are too long": lambda talk: talk.reply(b"1" * 200_000),
    "bodies that are cut": lambda talk: talk.head({"Content-Length": 9}) or talk.send(b"1"),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_of_sources_that_all_fail_together_there_is_no_answer(runnel, together, answer):
    result = runnel("race", "--valid", "ip", *together(4, answer))
    assert (result.status, result.stdout) == (3, b"")
    assert result.seconds < seconds(3)


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_of_sources_that_all_fail_together_the_fallback_is_the_answer(runnel, together, answer):
    result = runnel("race", "--valid", "ip", "--fallback", "none", *together(4, answer))
    assert (result.status, result.stdout) == (0, b"none\n")


def test_a_source_that_waits_for_its_reader_does_not_delay_the_end(runnel, server):
    """A loser whose body is large, and one that never ends."""
    large = server.serve("/large", b"x" * 50_000_000)
    endless = server.serve("/endless", lambda talk: (talk.head({"Connection": "close"}), talk.hang()))

    def late(talk):
        talk.pause(0.2)
        talk.reply(b"127.0.0.1\n")
    result = runnel("race", "--valid", "ip", large, endless, server.serve("/good", late))
    assert (result.status, result.stdout) == (0, b"127.0.0.1\n")
    assert result.seconds < seconds(3)


def test_sources_that_are_all_late_end_at_the_deadline(runnel, server):
    urls = [server.serve(f"/{n}", lambda talk: talk.hang()) for n in range(8)]
    result = runnel("race", "--deadline", duration(0.5), *urls)
    assert (result.status, result.stdout) == (124, b"")
    assert 0.4 < result.seconds < seconds(3)
