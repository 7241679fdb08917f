"""Early ends: signals, their grace, and the deadline of the run."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter

import pytest

from support import tool
from support.first_process import AS_PID_1, children, needs_namespaces
from support.pace import FACTOR, SLOW, duration, seconds

SIGNALS = {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}


def states(result):
    return Counter((record["state"], record["error"]) for record in result.records)


class Gate:
    """A handler that answers requests below `good` once it is opened, and does not answer others."""

    def __init__(self, good):
        self.good = good
        self.opened = threading.Event()

    def open(self):
        self.opened.set()

    def __call__(self, talk):
        if int(talk.request.query) >= self.good:
            return talk.hang()
        while not self.opened.wait(0.05) and not talk.server.stopping.is_set():
            pass
        talk.reply(b"good\n")


def in_flight(start, server, number, good=0, options=()):
    """A session with `number` requests at the server and an open stdin."""
    gate = Gate(good)
    url = server.serve("/", gate)
    session = start("--json", "-j", str(number), *options)
    session.say(*[f"{url}?{n}" for n in range(number)])
    server.wait_until(lambda: server.active == number)
    return session, gate


def tells_what_was_left(result, number):
    """The last line on stderr has the counts."""
    return re.search(rf"\b{number}\b", result.stderr.splitlines()[-1])


def test_sigterm_drains_what_ends_within_the_grace_and_cancels_the_rest(start, server):
    session, gate = in_flight(start, server, 200, good=120, options=("--grace", duration(1)))
    asked = time.monotonic()
    session.signal(signal.SIGTERM)
    gate.open()
    result = session.ends_within(5, asked)
    assert states(result) == {("delivered", None): 120, ("cancelled", "interrupted"): 80}
    assert sorted(record["line"] for record in result.records) == list(range(1, 201))
    assert time.monotonic() - asked >= 0.9
    assert result.status == 143
    assert tells_what_was_left(result, 80), result.stderr


def test_sigterm_ends_as_soon_as_everything_in_flight_has_ended(start, server):
    session, gate = in_flight(start, server, 50, good=50, options=("--grace", "60s"))
    session.signal(signal.SIGTERM)
    time.sleep(0.2)
    gate.open()
    result = session.ends_within(10)
    assert states(result) == {("delivered", None): 50}
    assert result.status == 143


def test_sigterm_stops_the_intake(start, server):
    session, gate = in_flight(start, server, 5, good=5, options=("--grace", "60s"))
    session.signal(signal.SIGTERM)
    time.sleep(seconds(0.3))
    late = server.serve("/late", b"late\n")
    session.say(late)
    time.sleep(seconds(0.3))
    gate.open()
    result = session.result()
    assert len(result.records) == 5
    assert not server.requests_to("/late")


def test_inputs_that_were_read_and_wait_for_a_job_have_a_record(start, server):
    """With two jobs and twenty lines available: every input that was read has a record, each line at most once."""
    url = server.serve("/", Gate(0))
    session = start("--json", "-j", "2", "--grace", duration(0.3))
    session.say(*[f"{url}?{n}" for n in range(20)])
    server.wait_until(lambda: server.active == 2)
    session.signal(signal.SIGTERM)
    result = session.result()
    lines = sorted(record["line"] for record in result.records)
    assert lines == list(range(1, len(lines) + 1)) and len(lines) >= 2
    assert states(result) == {("cancelled", "interrupted"): len(lines)}
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", SIGNALS)
def test_each_signal_has_its_status_and_every_input_its_record(start, server, name):
    session, _ = in_flight(start, server, 10, options=("--grace", duration(0.2)))
    session.signal(getattr(signal, name))
    result = session.ends_within(3)
    assert states(result) == {("cancelled", "interrupted"): 10}
    assert result.status == SIGNALS[name]


@pytest.mark.parametrize("name", SIGNALS)
def test_a_second_signal_ends_at_once(start, server, name):
    session, _ = in_flight(start, server, 10, options=("--grace", "60s"))
    session.signal(getattr(signal, name))
    time.sleep(seconds(0.5))
    assert session.process.poll() is None
    session.signal(getattr(signal, name))
    assert session.ends_within(1).status == SIGNALS[name]


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_ends_promptly_when_nothing_is_in_flight_and_stdin_is_open(start, server, name):
    session = start("--json")
    session.say(server.serve("/ok", b"good\n"))
    assert session.line()
    session.signal(getattr(signal, name))
    result = session.ends_within(1)
    assert (result.status, states(result)) == (SIGNALS[name], {("delivered", None): 1})


def test_a_signal_ends_promptly_before_any_input(start):
    session = start()
    time.sleep(seconds(0.5))
    session.signal(signal.SIGTERM)
    assert session.ends_within(1).status == 143


def test_a_signal_leaves_complete_lines_only(start, server):
    def answer(talk):
        talk.head({"Content-Length": 100})
        talk.send(b"one\ntwo\nthr")
        talk.hang()
    session = start("--grace", duration(0.2), server.serve("/", answer))
    assert session.line() == b"one\n"
    session.signal(signal.SIGTERM)
    result = session.result()
    assert (result.status, result.stdout) == (143, b"one\ntwo\n")


def test_a_signal_closes_the_connections(start, server):
    session, _ = in_flight(start, server, 10, options=("--grace", duration(0.2)))
    session.signal(signal.SIGTERM)
    assert session.result().status == 143
    server.wait_until(lambda: server.active == 0, 5)


def test_a_name_that_hangs_does_not_delay_the_end(start, server, resolver):
    session = start("--json", "--grace", duration(0.2), server.url("/", "hang.test"), env=resolver)
    time.sleep(seconds(0.5))
    session.signal(signal.SIGTERM)
    result = session.ends_within(2)
    assert (result.status, states(result)) == (143, {("cancelled", "interrupted"): 1})


def test_a_consumer_that_does_not_read_does_not_keep_a_signal_from_ending_it(start, server):
    session = start("--grace", duration(0.3), server.serve("/", (b"x" * 99 + b"\n") * 100_000))
    session.line()
    time.sleep(0.3)
    session.signal(signal.SIGTERM)
    session.process.wait(seconds(5))
    assert session.result().status == 143


def test_a_consumer_that_does_not_read_does_not_keep_the_deadline_from_ending_it(start, server):
    body = (b"x" * 99 + b"\n") * 100_000
    session = start("--deadline", duration(1), "--grace", duration(0.3), server.serve("/", body))
    session.process.wait(seconds(5))
    assert session.result().status == 124


def test_the_deadline_ends_the_run_in_time_though_names_hang(start, server, resolver):
    """Seven of ten hosts answer; the look-ups of three take ten seconds."""
    server.serve("/", b"good\n")
    hosts = [f"host{n}.test" for n in range(7)] + [f"hang{n}x.test" for n in range(3)]
    deadline = 0.5 if not SLOW else 4.0
    session = start("--json", "--deadline", f"{deadline}s", *[server.url("/", host) for host in hosts], env=resolver)
    result = session.result()
    assert result.seconds < deadline + 0.2 * FACTOR
    assert result.status == 124
    assert states(result) == {("delivered", None): 7, ("cancelled", "deadline"): 3}
    assert tells_what_was_left(result, 3), result.stderr


def test_the_deadline_ends_a_run_that_waits_for_input(start, server):
    session = start("--deadline", duration(0.5))
    session.say(server.serve("/ok", b"good\n"))
    assert session.line() == b"good\n"
    assert session.ends_within(2).status == 124


def test_the_deadline_cancels_what_is_in_flight_and_leaves_complete_lines_only(start, server):
    def answer(talk):
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\none\ntwo\nthr")
        talk.hang()
    result = start("--deadline", duration(0.5), server.serve("/", answer), stdin=subprocess.DEVNULL).result()
    assert (result.status, result.stdout) == (124, b"one\ntwo\n")


def test_a_run_that_ends_before_its_deadline_does_not_wait_for_it(start, server):
    session = start("--deadline", "60s", "--grace", "60s", server.serve("/", b"good\n"))
    assert session.ends_within(5).status == 0


def test_inputs_after_the_deadline_are_not_started(start, server):
    url = server.serve("/", Gate(0))
    session = start("--json", "-j", "2", "--deadline", duration(0.5))
    session.say(*[f"{url}?{n}" for n in range(10)])
    session.end_input()
    result = session.result()
    assert len(server.requests) == 2
    assert set(states(result)) == {("cancelled", "deadline")}
    assert result.status == 124


LONG = 30 << 20


@pytest.fixture(scope="module")
def bad_lines(tmp_path_factory):
    """A file of lines that are not URLs, so many that logging them takes many times the deadline."""
    path = tmp_path_factory.mktemp("input") / "bad"
    path.write_bytes(b"bad\n" * (LONG // 4))
    return str(path)


def test_a_long_file_of_bad_lines_does_not_keep_the_deadline_from_ending_it(start, bad_lines):
    session = start("-q", "--json", "--deadline", duration(0.3), "-i", bad_lines, stdin=subprocess.DEVNULL)
    result = session.ends_within(3)
    assert result.status == 124
    assert 0 < len(result.lines) < LONG // 4


def test_a_long_file_of_bad_lines_does_not_keep_a_signal_from_ending_it(start, bad_lines):
    session = start("-q", "--json", "--grace", duration(0.3), "-i", bad_lines, stdin=subprocess.DEVNULL)
    assert session.line()
    session.signal(signal.SIGTERM)
    result = session.ends_within(3)
    assert result.status == 143
    assert 0 < len(result.lines) < LONG // 4


@contextlib.contextmanager
def stuck_pipe():
    """The writing end of a pipe without a reader."""
    reading, writing = os.pipe()
    try:
        yield writing
    finally:
        os.close(reading)
        os.close(writing)


def test_the_deadline_ends_a_run_with_an_unread_stderr(start, bad_lines):
    with stuck_pipe() as stderr:
        session = start("--deadline", duration(1), "-i", bad_lines, stdin=subprocess.DEVNULL, stderr=stderr)
        result = session.ends_within(4)
    assert result.status == 124


def test_a_second_signal_ends_a_run_with_an_unread_stderr_at_once(start, server, bad_lines):
    url = server.serve("/", lambda talk: talk.hang())
    with stuck_pipe() as stderr:
        session = start("--grace", "60s", url, "-i", bad_lines, stdin=subprocess.DEVNULL, stderr=stderr)
        server.wait_until(lambda: server.active)
        time.sleep(seconds(0.5))
        session.signal(signal.SIGTERM)
        time.sleep(seconds(0.5))
        assert session.process.poll() is None
        session.signal(signal.SIGTERM)
        assert session.ends_within(1).status == 143


def test_the_deadline_ends_a_run_that_opens_a_fifo_without_a_writer(start, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    session = start("--deadline", duration(0.5), "-i", str(fifo), stdin=subprocess.DEVNULL)
    assert session.ends_within(3).status == 124


def test_a_fifo_is_read_once_it_has_a_writer(start, server, tmp_path):
    fifo, url = tmp_path / "fifo", server.serve("/ok", b"good\n")
    os.mkfifo(fifo)
    session = start("--deadline", "60s", "-i", str(fifo), stdin=subprocess.DEVNULL)
    time.sleep(seconds(0.5))
    assert session.process.poll() is None
    with open(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK), "w", encoding="ascii") as writer:
        writer.write(f"{url}\n")
    result = session.ends_within(5)
    assert (result.status, result.stdout) == (0, b"good\n")


def test_what_waits_is_not_told_as_in_flight(start, server):
    url = server.serve("/", lambda talk: talk.hang())
    session = start("--per-host", "1", "--grace", duration(0.2), *[f"{url}?{number}" for number in range(20)])
    server.wait_until(lambda: server.active == 1)
    session.signal(signal.SIGTERM)
    assert "no more input is read, 1 in flight, 19 waiting" in session.result().stderr


@needs_namespaces
@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("arguments", ["mock {}", "fetch --config {} http://127.0.0.1:1/", "fetch -i {}", "check -i {}",
                                       "ip --providers {}", "batch -- cat"])
def test_a_signal_ends_process_1_also_while_it_reads_a_file(tmp_path, arguments, number, status):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    session = tool.Session([*AS_PID_1, tool.binary(), *arguments.format(fifo).split()])
    writer = os.open(fifo, os.O_RDWR)
    try:
        give_up = time.monotonic() + seconds(20)
        while not (program := [pid for name, _, pid in children(session.pid) if name == "runnel"]):
            assert time.monotonic() < give_up
            time.sleep(0.02)
        time.sleep(seconds(0.3))
        os.kill(program[0], number)
        assert session.process.wait(seconds(20)) == status
    finally:
        os.close(writer)
        session.close()
