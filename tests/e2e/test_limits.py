"""Limits of time, of a line and of a body: each counts what it says, and is kept."""

import signal
import time

import pytest

from support.bodies import gzip
from support.faults import TEXT, head, silent
from support.pace import SLOW, duration, seconds


@pytest.mark.parametrize("option", ["-m", "--connect-timeout", "--idle-timeout", "--idle-timeout in the body"])
def test_a_time_limit_is_kept(fetch, server, black_hole, option):
    """The URL is silent, in its body or before, or not reached."""
    begin = (head("Content-Length: 100"), TEXT) if "body" in option else ()
    url = black_hole if option == "--connect-timeout" else server.serve("/", silent(*begin))
    total = fetch("--json", option.split()[0], "400ms", url).record["time_total"]
    assert 0.39 <= total < 0.4 + seconds(0.6)


def test_an_idle_timeout_counts_from_the_last_byte(fetch, server):
    def answer(talk):
        talk.head({"Transfer-Encoding": "chunked"})
        for _ in range(8):
            talk.chunk(b"still here\n")
            talk.pause(0.25)
        talk.last_chunk()
    result = fetch("--idle-timeout", f"{seconds(1)}s", server.serve("/", answer))
    assert (result.status, result.stdout) == (0, b"still here\n" * 8)


def test_an_idle_timeout_counts_from_the_end_of_the_request(fetch, server):
    """A request with a body is sent at once; then the server is silent for less than twice the limit."""
    result = fetch("--json", "-d", "a=b", "--retry-non-idempotent", "--idle-timeout", duration(1), "-m", duration(1.8),
                   "--retry", "0", server.serve("/", silent()))
    assert result.record["error"] == "idle"


def test_a_line_over_the_limit_fails_its_input_and_is_not_printed(fetch, server):
    good, long = server.serve("/good", b"good\n"), server.serve("/long", b"short\n" + b"x" * 5000 + b"\nafter\n")
    result = fetch("--tag", "--max-line", "4k", input=f"{long}\n{good}\n".encode())
    assert sorted(result.lines) == sorted([f"{good}\tgood\n".encode(), f"{long}\tshort\n".encode()])
    assert long in result.stderr and "too_large" in result.stderr
    assert result.status == 1


def test_an_endless_line_ends_at_the_default_limit(fetch, server):
    def answer(talk):
        talk.head({"Connection": "close"})
        for _ in range(1 << 10):
            talk.send(b"x" * (1 << 16))
    endless, good = server.serve("/endless", answer), server.serve("/good", b"good\n")
    result = fetch(endless, good, timeout=60)
    assert (result.status, result.stdout) == (1, b"good\n")
    assert endless in result.stderr


def test_a_line_of_exactly_the_limit_is_printed(fetch, server):
    line = b"x" * 4096 + b"\n"
    assert fetch("--max-line", "4k", server.serve("/", line)).stdout == line


def test_a_body_of_exactly_the_limit_is_printed(fetch, server):
    body = b"12345678901234567890123456789012345678901234567890123456789012\n" * 65
    limit = str(len(body))
    assert fetch("--max-body", limit, server.serve("/", body)).stdout == body
    assert fetch("--max-body", str(len(body) - 1), server.serve("/", body)).status == 1


def test_the_limit_of_a_body_counts_what_it_unpacks_to(fetch, server):
    packed = gzip([b"\n" * 100_000])
    url = server.serve("/", lambda talk: talk.reply(packed, headers={"Content-Encoding": "gzip"}))
    assert len(packed) < 1000
    assert fetch("--max-body", "64k", url).status == 1
    assert fetch("--max-body", "128k", url).stdout == b"\n" * 100_000


def test_a_stopped_and_continued_process_does_not_report_idle(start, server):
    limit = 4 if SLOW else 1

    def answer(talk):
        talk.head({"Content-Length": 5 * 20 * limit})
        for _ in range(20 * limit):
            talk.send(b"more\n")
            talk.pause(0.2)
    session = start("--idle-timeout", f"{limit}s", server.serve("/", answer))
    assert session.line() == b"more\n"
    session.signal(signal.SIGSTOP)
    time.sleep(limit * 2)
    session.signal(signal.SIGCONT)
    result = session.result()
    assert (result.status, result.stderr) == (0, "")
    assert result.stdout == b"more\n" * 20 * limit
