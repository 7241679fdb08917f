"""What surrounds the program: its commands, the clock, and the files of other tools."""

import os
import time
from pathlib import Path

import pytest

from support import preload, tool
from support.pace import count, duration, memory_limit, seconds



@pytest.fixture
def batch():
    """batch(script, "-n", "1") starts `runnel batch` with this command."""
    sessions = []

    def start_session(script, *args, **options):
        argv = [tool.binary(), "batch", *args, "--", "sh", "-c", script]
        sessions.append(tool.Session(argv, **options))
        return sessions[-1]
    yield start_session
    for session in sessions:
        session.close()


# Commands


@pytest.mark.parametrize("options", [(), ("-v",)], ids=["as it is", "logged"])
@pytest.mark.parametrize("block", ["yes 'a line of a log' | head -c 1m", "head -c 64m /dev/zero | tr '\\0' x"],
                         ids=["lines", "without a newline"])
def test_a_command_that_floods_stderr_costs_no_memory(batch, block, options):
    session = batch(f"cat; {{ {block}; }} >&2", *options, stderr=open(os.devnull, "wb"))
    session.feed(b"line\n")
    result = session.result(100)
    assert (result.status, result.stdout) == (0, b"line\n")
    assert result.memory < memory_limit(32)


def test_stderr_of_commands_at_a_time_is_not_mixed_within_lines(batch):
    session = batch("cat >/dev/null; for n in $(seq 200); do echo \"$RUNNEL_JOB_ID says $n\" >&2; done", "-v", "-n", "1",
                    "-j", "8")
    session.feed(b"x\n" * 16)
    logged = [line.partition(" says ")[2] for line in session.result(60).stderr.splitlines() if " says " in line]
    assert sorted(map(int, logged)) == sorted(list(range(1, 201)) * 16)


def children(pid):
    return [each for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text("ascii").split()]


def test_many_commands_leave_no_descriptor_and_no_process(batch):
    number = count(500)
    session = batch("cat", "-n", "1", "-j", "8")
    session.say(*["x"] * 100)
    for _ in range(100):
        assert session.line() == b"x\n"
    before = len(os.listdir(f"/proc/{session.pid}/fd"))
    for _ in range(number // 100):
        session.say(*["x"] * 100)
        assert [session.line() for _ in range(100)] == [b"x\n"] * 100
    give_up = time.monotonic() + seconds(10)
    while (children(session.pid) or len(os.listdir(f"/proc/{session.pid}/fd")) > before) and time.monotonic() < give_up:
        time.sleep(0.01)
    assert not children(session.pid)
    assert len(os.listdir(f"/proc/{session.pid}/fd")) <= before
    session.end_input()
    assert session.result().status == 0


# The clock


@pytest.fixture(scope="session")
def odd_clock(tmp_path_factory):
    return preload.environment(preload.build("odd_clock.c", tmp_path_factory.mktemp("clock")))


def test_a_clock_that_jumps_changes_no_limit(fetch, server, odd_clock):
    def slow(talk):
        talk.pause(0.3)
        talk.reply(b"good\n")
    good, silent = server.serve("/good", slow), server.serve("/silent", lambda talk: talk.hang())
    result = fetch("--json", "--retry", "0", "--idle-timeout", duration(1), good, silent, env=odd_clock)
    records = {record["input"]: record for record in result.records}
    assert records[good]["ok"] and 0.29 < records[good]["time_total"] < seconds(5)
    assert records[silent]["error"] == "idle"
    assert result.seconds < seconds(5)


@pytest.mark.parametrize("options, status", [(("-m", duration(0.5)), 1), (("--deadline", duration(0.5)), 124)], ids=str)
def test_a_clock_that_jumps_does_not_delay_a_limit(fetch, server, odd_clock, options, status):
    result = fetch("--retry", "0", *options, server.serve("/", lambda talk: talk.hang()), env=odd_clock)
    assert result.status == status
    assert result.seconds > 0.4
    assert result.seconds < seconds(5)


def test_a_clock_that_jumps_leaves_retries_at_their_pace(fetch, server, odd_clock):
    url = server.serve("/", lambda talk: talk.reply(status=503, headers={"Retry-After": "1"}))
    result = fetch("--json", "--retry", "1", url, env=odd_clock)
    first, second = server.requests
    assert result.record["error"] == "http_status"
    assert 0.9 < second.at - first.at < seconds(5)


# Files of other tools


@pytest.mark.parametrize("command", ["fetch", "check", "race"])
def test_files_of_curl_are_not_read(runnel, server, tmp_path, command):
    (tmp_path / ".netrc").write_text("default login someone password secret\n", encoding="ascii")
    (tmp_path / ".netrc").chmod(0o600)
    (tmp_path / ".curlrc").write_text('header = "X-Odd: yes"\nuser = "a:b"\n', encoding="ascii")
    url = server.serve("/", b"page\n")
    result = runnel(command, url, env={"HOME": str(tmp_path), "CURL_HOME": str(tmp_path)})
    assert result.status == 0
    (request,) = server.requests
    assert not {"authorization", "x-odd"} & set(request.headers)


def test_no_configuration_is_read_that_was_not_named(fetch, server, tmp_path):
    for name in (".runnel.toml", "runnel.toml", ".config/runnel.toml", ".config/runnel/config.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('[fetch]\nheader = ["X-Odd: yes"]\n', encoding="ascii")
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        result = fetch(server.serve("/", b"page\n"), env={"HOME": str(tmp_path), "XDG_CONFIG_HOME": f"{tmp_path}/.config"})
    finally:
        os.chdir(here)
    assert (result.status, result.stdout) == (0, b"page\n")
    assert "x-odd" not in server.requests[0].headers
