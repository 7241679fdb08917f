"""Options for commands that a timer starts: --splay, --lock, --ping."""

import fcntl
import functools
import json
import re
import signal
import threading
import time

import pytest

from support import tool
from support.faults import Refusing
from support.pace import FACTOR

COMMANDS = ["fetch", "race", "ip"]


@pytest.fixture(params=COMMANDS)
def command(request, runnel, tmp_path):
    """Runs a client command that succeeds."""
    routes = tmp_path / "routes.json"
    routes.write_text(json.dumps([{"path": "/ping/0", "body": "OK"}, {"path": "/ping/start", "body": "OK"},
                                  {"regex": ".*", "json": {"ip": "8.8.8.8"}}]))
    providers = tmp_path / "providers"
    providers.write_text('{"name":"a","url":"https://a.example/","format":"json","pointer":"/ip"}\n')
    own = {"ip": ["--providers", str(providers)], "race": ["https://a.example/"], "fetch": ["https://a.example/"]}
    arguments = [request.param, "--mock", str(routes), *own[request.param]]
    run = functools.partial(runnel, *arguments)
    run.start = lambda *more: tool.Session([tool.binary(), *arguments, *more])
    return run


@pytest.fixture
def pinged(server):
    """A server for pings: its URL, and the requests it got."""
    server.serve_elsewhere(lambda talk: talk.reply(b"OK"))
    return server


def test_a_held_lock_refuses_other_runs(command, tmp_path):
    lock = tmp_path / "lock"
    with open(lock, "w", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = command("--lock", str(lock))
        assert (result.status, result.stdout) == (75, b"")
        assert f"--lock: another run holds {lock}" in result.stderr
    assert command("--lock", str(lock)).status == 0


def test_a_lock_is_held_while_a_run_lasts(command, tmp_path):
    lock = str(tmp_path / "lock")
    session = command.start("-v", "--lock", lock, "--splay", "1000h")
    try:
        while "--splay: starting in " not in session.stderr():
            time.sleep(0.01)
        assert command("--lock", lock).status == 75
    finally:
        session.close()
    assert command("--lock", lock).status == 0, "a process that is killed has let go"


def splay_of_this_machine(command, *more, number=signal.SIGTERM):
    """How long it waits of 1000 hours, and how it ends by a signal during the wait."""
    session = command.start("-v", "--splay", "1000h", *more)
    try:
        while not (reported := re.search(r"--splay: starting in (\S+) s\n", session.stderr())):
            time.sleep(0.01)
        session.signal(number)
        return float(reported[1]), session.ends_within(5)
    finally:
        session.close()


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_splay(command, number, status):
    _, result = splay_of_this_machine(command, number=number)
    assert (result.status, result.stdout) == (status, b"")


def test_the_splay_is_that_of_the_machine_and_of_the_command_line(command):
    delay, _ = splay_of_this_machine(command)
    assert splay_of_this_machine(command)[0] == delay
    others = {splay_of_this_machine(command, "--deadline", f"{limit}s")[0] for limit in range(3, 6)}
    assert len(others | {delay}) > 2  # of four; they are rounded, so two may look the same


def test_the_splay_delays_the_beginning(command):
    """Where the deadline counts from. Of many command lines, one waits long enough for that to show."""
    for limit in range(8, 100):
        result = command("-v", "--splay", "2s", "--deadline", f"{limit / 10 * FACTOR}s")
        assert result.status == 0, "the deadline counts from the end of the splay"
        delay = float(re.search(r"--splay: starting in (\S+) s\n", result.stderr)[1])
        assert result.seconds > delay - 0.01
        if delay > 1:
            break
    else:
        raise AssertionError("all delays are short")


def test_start_and_status_are_pinged(runnel, server, pinged):
    good = server.serve("/good", b"8.8.8.8")
    for arguments, status in (([good], 0), (["--expect", "500", good], 3),
                              (["--fallback", "x", "--fallback-exit", "9", "--expect", "500", good], 9)):
        del server.requests[:]
        result = runnel("race", "--ping", server.url("/hc/id"), *arguments)
        assert (result.status, "--ping" in result.stderr) == (status, False)
        *beside, last = [request.path for request in server.requests]
        assert (sorted(beside), last) == (["/good", "/hc/id/start"], f"/hc/id/{status}")


def test_a_ping_stays_in_the_mock(command):
    assert "--ping" not in command("--ping", "https://hc.example/ping").stderr
    assert "--ping: https://hc.example:443: http_status" not in command("--ping", "https://hc.example/ping").stderr


def test_a_run_that_fails_is_pinged_with_its_status(fetch, server, pinged):
    assert fetch("--expect", "500", "--ping", server.url("/hc"), server.url("/page")).status == 1
    *beside, last = [request.path for request in server.requests]
    assert (sorted(beside), last) == (["/hc/start", "/page"], "/hc/1")


def test_batch_has_the_same_options(runnel, server, pinged, tmp_path):
    with open(tmp_path / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = runnel("batch", "--lock", lock.name, "--ping", server.url("/hc"), "--", "touch", str(tmp_path / "made"),
                      input=b"line\n")
    assert (held.status, server.requests, (tmp_path / "made").exists()) == (75, [], False)
    options = ["--lock", lock.name, "--splay", "1ms", "--batch-retries", "0", "--ping", server.url("/hc")]
    for command, status in (("cat", 0), ("false", 123)):
        del server.requests[:]
        assert runnel("batch", *options, "--", command, input=b"line\n").status == status
        assert [request.path for request in server.requests] == ["/hc/start", f"/hc/{status}"]


def test_the_run_does_not_wait_for_the_ping_of_its_start(runnel, server):
    """The one of the end does; a signal leaves it."""
    let_go = threading.Event()
    server.serve("/hc/start", lambda talk: (let_go.wait(30), talk.reply(b"OK")))
    server.serve("/hc/0", b"OK")

    def answer(talk):
        talk.reply(b"8.8.8.8")
        let_go.set()
    result = runnel("race", "--ping", server.url("/hc"), server.serve("/good", answer))
    assert (result.status, result.stdout, "--ping" in result.stderr) == (0, b"8.8.8.8\n", False)
    assert [request.path for request in server.requests][-1] == "/hc/0"


def test_a_run_that_ends_by_a_signal_has_an_end(server):
    """Also if the ping of the start has no answer yet."""
    let_go = threading.Event()
    server.serve("/hc/start", lambda talk: (let_go.wait(30), talk.reply(b"OK")))
    server.serve("/hc/143", b"OK")
    hang = server.serve("/hang", lambda talk: talk.hang())
    session = tool.Session([tool.binary(), "check", "--ping", server.url("/hc"), "-m", "0", "--deadline", "0", hang])
    while len(server.requests) < 2:
        time.sleep(0.01)
    session.signal(signal.SIGTERM)
    assert session.line().startswith(b"down  ")
    let_go.set()
    assert session.ends_within(30).status == 143
    assert [request.path for request in server.requests][-1] == "/hc/143"
    session.close()


def test_a_dry_run_ignores_splay_and_ping(fetch, server, pinged):
    assert fetch("--dry-run", "--splay", "1000h", "--ping", server.url("/hc"), server.url("/page")).status == 0
    assert not server.requests


def test_a_ping_that_fails_changes_nothing(runnel, server):
    place = Refusing()
    url = server.serve("/", b"good\n")
    result = runnel("race", "--ping", f"http://127.0.0.1:{place.port}/secret", url)
    place.close()
    assert (result.status, result.stdout) == (0, b"good\n")
    assert result.stderr.count(f"--ping: http://127.0.0.1:{place.port}: connect: ") == 2
    assert "secret" not in result.stderr
    assert runnel("race", "-q", "--ping", server.url("/gone"), url).stderr == ""


def test_a_usage_error_and_a_held_lock_are_not_pinged(runnel, server, pinged, tmp_path):
    assert runnel("race", "--ping", server.url("/hc"), "not a url").status == 2
    with open(tmp_path / "lock", "w", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert runnel("race", "--ping", server.url("/hc"), "--lock", held.name, server.url("/")).status == 75
    assert not server.requests


@pytest.mark.parametrize("arguments, word", [
    (["--lock", "/nowhere/lock"], "--lock: cannot lock /nowhere/lock"), (["--lock", ""], "--lock"),
    (["--ping", "ftp://hc.example/"], "--ping: "), (["--ping", ""], "--ping"), (["--splay", "soon"], "--splay"),
    (["--splay", "-1"], "--splay")])
def test_what_cannot_be_done_is_reported(command, arguments, word):
    result = command(*arguments)
    assert (result.status, result.stdout) == (2, b"")
    assert word in result.stderr
