"""Memory is bounded and the producer is held back, whatever the consumer does."""

import os
import select
import time

from support.bodies import brotli, gzip, gzipped
from support.pace import SLOW, memory_limit, seconds

MEGABYTE = 1 << 20
LINE = b"x" * 1023 + b"\n"
BLOCK = LINE * 1024
HELD_BACK = 5  # seconds: longer than both time limits
LIMITS = ("--idle-timeout", "1s", "-m", "3s") if not SLOW else ("--idle-timeout", "2s", "-m", "4s")


def megabytes(number):
    """A handler that sends `number` megabytes, as fast as they are taken."""
    def answer(talk):
        talk.head({"Content-Length": number * MEGABYTE})
        for _ in range(number):
            talk.send(BLOCK)
    return answer


def read_slowly(session):
    """Sends a line a second for longer than the time limits; returns the number of bytes."""
    total = 0
    for _ in range(HELD_BACK):
        total += session.skip(len(LINE))
        time.sleep(1)
    return total


def settled(value):
    """The value, once it has not changed for a second."""
    before, now = None, value()
    while now != before:
        time.sleep(seconds(1))
        before, now = now, value()
    return now


def test_a_slow_reader_of_a_gigabyte_costs_no_memory_and_stops_the_clocks(start, server):
    session = start(*LIMITS, server.serve("/", megabytes(1024)))
    read_slowly(session)
    assert session.skip(64 * MEGABYTE) == 64 * MEGABYTE
    assert session.peak_memory() < memory_limit(64)
    session.go_away()
    result = session.result()
    assert (result.status, result.stderr) == (141, "")


def test_a_body_held_back_for_longer_than_the_time_limits_is_delivered_whole(start, server):
    session = start(*LIMITS, server.serve("/", megabytes(8)))
    total = read_slowly(session)
    total += session.skip(8 * MEGABYTE)
    result = session.result()
    assert (result.status, total, result.stderr) == (0, 8 * MEGABYTE, "")


def test_a_fast_reader_of_a_large_body_costs_no_memory(start, server):
    size = 64 if SLOW else 512
    session = start(server.serve("/", megabytes(size)))
    assert session.skip((size - 1) * MEGABYTE, 60) == (size - 1) * MEGABYTE
    assert session.peak_memory() < memory_limit(64)
    assert (session.skip(2 * MEGABYTE), session.result().status) == (MEGABYTE, 0)


def test_a_body_that_unpacks_a_thousandfold_costs_no_memory_with_a_slow_reader(start, server):
    size = 48 if SLOW else 200
    packed = gzip([(b"x" * 65535 + b"\n") * 16] * size)
    assert len(packed) * 900 < size * MEGABYTE
    session = start(*LIMITS, server.serve("/", gzipped(packed)))
    total = read_slowly(session)
    total += session.skip(size * MEGABYTE - total - 100)
    assert session.peak_memory() < memory_limit(64)
    total += session.skip(MEGABYTE)
    assert (session.result().status, total) == (0, size * MEGABYTE)


def test_fifty_bodies_that_unpack_a_thousandfold_cost_no_memory_without_a_reader(start, server):
    packed = gzip([(b"x" * 65535 + b"\n") * 16] * 16)
    url = server.serve("/", gzipped(packed))
    session = start(*[url] * 50)
    assert settled(lambda: len(server.requests)) == 50
    assert session.peak_memory() < memory_limit(64)
    assert session.skip(50 * 16 * MEGABYTE, 60) == 50 * 16 * MEGABYTE
    assert session.result().status == 0


def test_a_consumer_that_does_not_read_bounds_the_requests_that_are_started(start, server):
    number, body = 400 if SLOW else 1000, LINE * 100
    url = server.serve("/", body)
    session = start()
    session.say(*[f"{url}?{n}" for n in range(number)])
    session.end_input()
    assert settled(lambda: len(server.requests)) < 250
    assert session.peak_memory() < memory_limit(64)
    assert session.skip(number * len(body) + 1, 60) == number * len(body)
    assert session.result().status == 0
    assert len(server.requests) == number


def test_a_consumer_that_does_not_read_holds_the_producer_back(start, server):
    """A producer without an end is read only a few megabytes ahead."""
    lines = f"{server.serve('/', LINE * 100)}\n".encode() * 1000
    session = start()
    os.set_blocking(session.stdin.fileno(), False)
    taken = 0
    poll = select.poll()
    poll.register(session.stdin, select.POLLOUT)
    while taken < 64 * MEGABYTE and poll.poll(seconds(1) * 1000):
        taken += os.write(session.stdin.fileno(), lines[taken % len(lines):])
    assert taken < 8 * MEGABYTE
    assert session.peak_memory() < memory_limit(64)


def test_many_inputs_cost_no_more_memory_than_few(start, server):
    """Peak memory is that of the jobs in flight; inputs and log lines must not add up."""
    url = server.serve("/", b"ok\n")

    def peak_after(number):
        session = start("--json", "-j", "4")
        for at in range(0, number, 50):
            session.say(*[f"{url}?{at + n}" for n in range(50)])
            for _ in range(50):
                session.line()
        peak = session.peak_memory()
        session.end_input()
        assert session.result().status == 0
        return peak
    few, many = peak_after(500), peak_after(1000 if SLOW else 5000)
    # A sanitizer keeps freed memory for a while, so its growth means little.
    assert many < few * 1.2 + memory_limit(0)


def windows_of_brotli(server, count):
    """URLs of a small body that fills a window of 16 MiB."""
    packed = brotli(BLOCK * 17)
    assert len(packed) < 64 * 1024
    url = server.serve("/", gzipped(packed, **{"Content-Encoding": "br"}))
    return [f"{url}?{number}" for number in range(count)]


def test_many_bodies_in_brotli_that_are_not_read_take_the_memory_of_a_few(start, server):
    session = start("-j", "50", *windows_of_brotli(server, 50))
    assert session.line() == LINE
    settled(session.peak_memory)
    assert session.peak_memory() < memory_limit(160)
    session.go_away()
    assert session.result().status == 141


def test_bodies_in_brotli_do_not_wait_for_each_other_for_ever(fetch, server):
    for option in ("--keep-order", "--raw", "--lines"):
        result = fetch(option, "-j", "10", *windows_of_brotli(server, 10))
        assert (result.status, result.stdout == BLOCK * 170) == (0, True), result.stderr
