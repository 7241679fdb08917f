"""`runnel check` over time: `--state`, `--wait`, and the command that replaces it."""

import functools
import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from support import tool


@pytest.fixture
def check(runnel):
    return functools.partial(runnel, "check")


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


class Switch:
    """A service that the test switches up and down."""

    def __init__(self, server):
        self.status = 200
        self.url = server.serve("/switch", lambda talk: talk.reply(b"", self.status))


@pytest.fixture
def switch(server):
    return Switch(server)


# --state


def test_twenty_runs_with_rise_and_fall(check, switch, state):
    """What was found, and the state by --rise 2 --fall 3."""
    found, counts, statuses, changes = "+--+---+-++--+-----+", "", "", ""
    for what in found:
        switch.status = 200 if what == "+" else 500
        result = check("--format", "json", "--rise", "2", "--fall", "3", "--state", str(state), f"s={switch.url}")
        one = json.loads(result.stdout)
        counts += one["state"][0]
        statuses += str(result.status)
        changes += "!" if one["changed"] else "."
        assert one["error"] == (None if what == "+" else "http_status")
    assert counts == "uuuuuudddduuuuuudddd"
    assert statuses == counts.replace("u", "0").replace("d", "1")
    assert changes == "".join("!" if before != after else "." for before, after in zip("u" + counts, counts))


def test_a_damped_failure_is_reported(check, switch, state):
    args = ["--fall", "2", "--state", str(state), f"s={switch.url}"]
    check(*args)
    switch.status = 500
    result = check(*args)
    assert result.status == 0
    assert result.stdout.startswith(b"up    s ")
    assert b"http_status: status 500 (down 1 of 2 times, counts as up)" in result.stdout
    assert check(*args).status == 1


def test_without_rules_the_state_only_shows_what_has_changed(check, switch, state):
    def changed():
        return json.loads(check("--format", "json", "--state", str(state), switch.url).stdout)["changed"]
    assert changed() is False
    switch.status = 500
    assert [changed(), changed()] == [True, False]


def test_only_changes_are_reported(check, switch, server, state):
    steady = server.serve("/steady", b"fine")

    def report(form):
        result = check("--format", form, "--only-changed", "--state", str(state), f"s={switch.url}", f"steady={steady}")
        return result.status, result.stdout
    assert report("text") == (0, b"")
    switch.status = 500
    status, text = report("text")
    assert status == 1 and text.startswith(b"down  s ") and b"steady" not in text
    for form in ("text", "json", "docker", "prometheus", "junit", "tap"):
        assert report(form) == ((1, b"")), form
    switch.status = 200
    status, text = report("json")
    assert (status, [json.loads(line)["name"] for line in text.splitlines()]) == (0, ["s"])


def test_only_changed_may_be_set_elsewhere(check, switch, state, tmp_path):
    config = tmp_path / "runnel.toml"
    config.write_text("[check]\nonly-changed = true\n")
    for place in ({"env": {"RUNNEL_CHECK_ONLY_CHANGED": "true"}}, {}):
        arguments = [] if place else ["--config", str(config)]
        assert check(*arguments, "--state", str(state), switch.url, **place).stdout == b""
        assert "--only-changed requires --state" in check(*arguments, switch.url, **place).stderr
    refused = check("--only-changed", "--format", "nagios", "--state", str(state), switch.url)
    assert refused.status == 3 and b"--only-changed" in refused.stdout


@pytest.mark.parametrize("where", ["stdin", "fifo", "state"])
def test_the_deadline_bounds_the_reading(switch, server, tmp_path, where):
    """Nothing comes, and the writer of the pipe may not even have opened it."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    arguments = {"stdin": ["-i", "-"], "fifo": ["-i", str(fifo)], "state": ["--state", str(fifo), switch.url]}[where]
    for form, status in (("text", 124), ("nagios", 3)):
        session = tool.Session([tool.binary(), "check", "--format", form, "--deadline", "200ms", *arguments])
        result = session.ends_within(10)
        assert (result.status, server.requests) == (status, [])
        assert "in time: the deadline passed" in result.stderr
        assert (b"UNKNOWN" in result.stdout) == (form == "nagios")
        session.close()


def test_targets_may_come_slowly(switch):
    session = tool.Session([tool.binary(), "check", "-i", "-"])
    session.say("a=" + switch.url)
    time.sleep(0.2)
    session.say("b=" + switch.url)
    session.end_input()
    assert session.result().stdout.count(b"up    ") == 2
    session.close()


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_reading(number, status):
    """A process 1, too, for which the default action of a signal is to ignore it."""
    session = tool.Session([tool.binary(), "check", "-i", "-"])
    while not int(re.search(r"^SigBlk:\s*(\w+)$", Path(f"/proc/{session.pid}/status").read_text(encoding="ascii"),
                            re.MULTILINE)[1], 16) >> (number - 1) & 1:
        time.sleep(0.01)
    session.signal(number)
    result = session.ends_within(10)
    assert (result.status, result.stdout, session.process.returncode) == (status, b"", status)
    session.close()


@pytest.mark.parametrize("content, why", [
    (b"", ":1:1: "),
    (b'{"type":"check_state","version":1,"targets":{"s":{"sta', ":1:"),
    (b'{"type":"result"}\n', ":1:1: not a state file of runnel check"),
    (b"\x00\x01", ":1:1: "),
], ids=["empty", "torn", "foreign", "binary"])
def test_a_damaged_or_foreign_state_is_refused_and_kept(check, switch, server, state, content, why):
    state.write_bytes(content)
    result = check("--state", str(state), switch.url)
    assert result.status == 2
    assert f"--state: {state}{why}" in result.stderr
    assert "remove the file to start over" in result.stderr
    assert (state.read_bytes(), server.requests) == (content, [])


def test_parallel_runs_lose_nothing(switch, state):
    """Each run with a target of its own, in one file."""
    argv = [tool.binary(), "check", "--state", str(state)]
    runs = [tool.Session([*argv, f"s{i}={switch.url}"]) for i in range(12)]
    for run in runs:
        assert run.result().status == 0
        run.close()
    assert sorted(json.loads(state.read_text())["targets"]) == sorted(f"s{i}" for i in range(12))


def test_a_lock_that_is_held_ends_the_run(check, switch, state):
    holder = subprocess.Popen(["flock", f"{state}.lock", "sh", "-c", "echo held; exec cat"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    holder.stdout.readline()
    result = check("--state", str(state), switch.url)
    holder.communicate()
    assert result.status == 75
    assert f"another run holds {state}.lock" in result.stderr
    assert not state.exists()


# --wait


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_waits_for_a_server_that_comes_up_later(switch):
    port = free_port()
    session = tool.Session([tool.binary(), "check", "-v", "--wait", "60s", "--interval", "20ms", f"later=tcp://127.0.0.1:{port}",
                            switch.url])
    while "later: connect: " not in session.stderr():
        assert session.process.poll() is None
    with socket.create_server(("127.0.0.1", port)):
        result = session.ends_within(20)
    assert result.status == 0
    assert result.stdout.startswith(b"up    later")
    session.close()


def test_names_are_looked_up_anew_for_every_check(check, server, resolver):
    server.serve("/", b"here")
    result = check("--wait", "30s", "--interval", "50ms", f"http://moves.test:{server.port}/", env=resolver)
    assert (result.status, len(server.requests)) == (0, 1)


def test_waits_until_an_assertion_holds(check, server):
    bodies = iter([b"starting", b"starting"])
    url = server.serve("/", lambda talk: talk.reply(next(bodies, b"ready")))
    result = check("--wait", "60s", "--interval", "1ms", "--body-re", "ready", url)
    assert (result.status, len(server.requests)) == (0, 3)


def test_the_interval_lies_between_two_checks(check, server, switch):
    switch.status = 500
    check("--wait", "500ms", "--interval", "60s", switch.url)
    assert len(server.requests) == 1


def test_waits_no_longer_than_the_option_says(check, switch):
    switch.status = 503
    result = check("--wait", "300ms", "--interval", "50ms", switch.url)
    assert result.status == 124
    assert "the deadline passed: 0 of 1 targets are up" in result.stderr
    assert result.stdout.startswith(b"down  ")
    assert check("--wait", "60s", "--deadline", "300ms", "--interval", "50ms", switch.url).status == 124


def test_the_log_of_a_quiet_check_is_printed_if_it_fails(check, switch):
    assert check("-q", "-v", switch.url).stderr == ""
    switch.status = 503
    reported = check("-q", "-v", switch.url).stderr
    assert reported == f"runnel: check 1: 0 of 1 targets are up\nrunnel: {switch.url}: http_status: status 503\n"
    assert check("-q", switch.url).stderr == ""


def test_a_wait_is_ended_by_a_signal(switch):
    switch.status = 503
    session = tool.Session([tool.binary(), "check", "-v", "--wait", "60s", switch.url])
    while "check 1: 0 of 1 targets are up" not in session.stderr():
        assert session.process.poll() is None
    session.signal(signal.SIGINT)
    assert session.ends_within(10).status == 130
    session.close()


# The command


def test_becomes_the_command_when_all_are_up(check, switch):
    result = check(switch.url, "--", "sh", "-c", 'echo "$0 $#"; exit 7', "a b", "--", "--format")
    assert (result.status, result.stdout, result.stderr) == (7, b"a b 2\n", "")


def test_does_not_become_the_command_when_one_is_down(check, switch, tmp_path):
    switch.status = 500
    result = check(switch.url, "--", "touch", str(tmp_path / "made"))
    assert (result.status, list(tmp_path.iterdir())) == (1, [])
    assert result.stdout.startswith(b"down  ")


def test_the_command_is_the_same_process_with_signals_as_they_were(switch):
    shows = ["grep", "-E", "^(Pid|SigIgn|SigBlk):", "/proc/self/status"]

    def shown(result):
        return dict(line.split() for line in result.stdout.decode().splitlines())
    session = tool.Session([tool.binary(), "check", switch.url, "--", *shows])
    # The parent may have ignored signals already, as make does with one of glibc's own.
    assert shown(session.result()) == shown(tool.run(shows)) | {"Pid:": str(session.pid)}
    session.close()


def test_the_command_gets_no_descriptors_of_ours(check, switch):
    result = check(switch.url, "--", "sh", "-c", "ls /proc/$$/fd")
    assert set(result.stdout.split()) <= {b"0", b"1", b"2", b"255"}


def test_the_command_holds_the_lock(check, switch, tmp_path):
    lock = str(tmp_path / "lock")
    session = tool.Session([tool.binary(), "check", "--lock", lock, switch.url, "--", "sh", "-c", "echo on; read line"])
    assert session.line() == b"on\n"
    assert check("--lock", lock, switch.url).status == 75
    session.close()
    assert check("--lock", lock, switch.url).status == 0


def test_the_command_has_the_original_limit_of_open_files(shell, switch):
    result = shell(f'ulimit -Sn 200; "$runnel" check {switch.url} -- sh -c "ulimit -Sn"')
    assert (result.status, result.stdout) == (0, b"200\n")


def test_the_report_is_in_the_file_when_the_command_follows(check, switch, tmp_path):
    file = tmp_path / "report"
    assert check("-O", str(file), switch.url, "--", "true").status == 0
    assert file.read_bytes().startswith(b"up    ")


def test_a_command_that_cannot_be_run(check, switch, tmp_path):
    (tmp_path / "text").write_text("")
    missing = check(switch.url, "--", "no-such-command")
    assert (missing.status, missing.stderr) == (127, "runnel: cannot run no-such-command: No such file or directory\n")
    assert check(switch.url, "--", str(tmp_path / "text")).status == 126
    assert check(switch.url, "--", str(tmp_path / "none")).status == 127
    assert check(switch.url, "--", str(tmp_path)).status == 126
    assert check(switch.url, "--", "").status == 127
    assert check("-q", switch.url, "--", "no-such-command").stderr == missing.stderr


def test_a_command_that_is_not_there_is_pinged(check, server, switch, tmp_path):
    server.serve_elsewhere(lambda talk: talk.reply(b"OK"))
    (tmp_path / "text").write_text("")
    for command, status in (("no-such-command", 127), (str(tmp_path / "text"), 126), ("true", 0)):
        asked = len(server.requests)
        assert check("--ping", server.url("/id"), switch.url, "--", command).status == status
        *beside, last = [request.path for request in server.requests[asked:]]
        assert (sorted(beside), last) == (["/id/start", "/switch"], f"/id/{status}")


def test_becomes_the_command_while_a_look_up_hangs(resolver):
    """A look-up that was given up before; threads do not keep the process alive."""
    session = tool.Session([tool.binary(), "check", "--invert", "-m", "300ms", "http://hang.test/", "--", "echo", "here"],
                           env=resolver)
    assert session.ends_within(10).stdout == b"here\n"
    session.close()
