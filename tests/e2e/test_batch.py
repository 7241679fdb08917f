"""`runnel batch`: lines into batches, batches to a command, and the result of each line."""

import base64
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from support import tool
from support.first_process import AS_PID_1, children, needs_namespaces
from support.pace import SLOW, count, duration, memory_limit, seconds
from support.terminal import Terminal

FAILS_AT_RANDOM = 'cat; [ $(( $(od -An -N2 -tu2 /dev/urandom) % 10 )) -ne 0 ] || exit 75'


@pytest.fixture
def batch(runnel):
    """batch(b"lines\\n", "-n", "2", cmd=["cat"]) runs it to its end; cmd="..." is a script."""
    def run(input, *args, cmd=(), **options):
        return runnel("batch", *args, *command(cmd), input=input, **options)
    return run


@pytest.fixture
def begin():
    """The same, as a running session."""
    sessions = []

    def start_session(*args, cmd=(), **options):
        sessions.append(tool.Session([tool.binary(), "batch", *args, *command(cmd)], **options))
        return sessions[-1]
    yield start_session
    for session in sessions:
        session.close()


def command(cmd):
    return ["--", *(["sh", "-c", cmd] if isinstance(cmd, str) else cmd)] if cmd else []


def numbers(last, first=1):
    return "".join(f"{n}\n" for n in range(first, last + 1)).encode()


def letters(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def runs(pid):
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pids, limit=5):
    give_up = time.monotonic() + seconds(limit)
    while any(runs(pid) for pid in pids) and time.monotonic() < give_up:
        time.sleep(0.02)
    return not any(runs(pid) for pid in pids)


# Batches

def test_lines_come_in_batches_on_stdin(batch):
    result = batch(numbers(5), "-n", "2", cmd="wc -l")
    assert (result.status, result.stdout, result.stderr) == (0, b"2\n2\n1\n", "")


def test_a_thousand_lines_are_a_batch_by_default(batch):
    assert batch(numbers(2500), cmd="wc -l").stdout == b"1000\n1000\n500\n"


def test_without_a_command_batches_are_json(batch):
    result = batch(b'a "b"\n\n\xff\nlast', "-n", "3")
    assert result.stdout.decode() == '["a \\"b\\"","","\ufffd"]\n["last"]\n'


def test_lines_are_arguments_where_an_argument_is_a_pair_of_braces(batch):
    result = batch(b"a b\n$HOME\n*\n", "-n", "2", cmd=["printf", "<%s>", "{}", "end"])
    assert result.stdout == b"<a b><$HOME><end><*><end>"
    inside = batch(b"1\n2\n", "-n", "1", cmd=["echo", "{}", "x{}", "{}"])
    assert inside.stdout == b"1 x{} 1\n2 x{} 2\n"
    assert inside.stderr.count("{} inside the word x{}") == 1
    assert "{} inside the word : {}" in batch(b"a\n", cmd=": {}").stderr


def test_a_batch_too_long_for_a_command_line_is_divided(batch):
    lines = [f"{n:0100}" for n in range(count(60_000))]
    result = batch("\n".join(lines).encode(), "-n", "1000000", cmd=["printf", "%s\\n", "{}"])
    assert (result.status, result.stdout.decode().splitlines()) == (0, lines)
    runs_of = batch("\n".join(lines).encode(), "-n", "1000000", cmd=["sh", "-c", "echo $#", "sh", "{}"]).stdout.split()
    assert sum(map(int, runs_of)) == len(lines)
    assert SLOW or len(runs_of) == 4


def test_a_line_that_cannot_be_an_argument_is_a_dead_letter_alone(batch, tmp_path):
    dead = tmp_path / "dead"
    result = batch(b"one\n" + b"x" * 140_000 + b"\nt\0o\nthree\n", "--dead-letter", str(dead), cmd=["echo", "{}"])
    assert (result.status, result.stdout) == (123, b"one three\n")
    long, nul = letters(dead)
    assert long == {"line": "x" * 140_000, "reason": "longer than 131071 bytes, and cannot be passed as an argument", "attempts": 0}
    assert (nul["line"], nul["attempts"]) == ("t\0o", 0)
    assert "line 2" in result.stderr and "line 3" in result.stderr


@pytest.mark.parametrize("cmd, lines, warned", [
    (["echo", "{}"], b"a\n-n\n-e\n", True),
    (["echo", "x", "--", "{}"], b"-n\n", False),
    (["echo", "{}", "--", "{}"], b"-n\n", True),
    (["cat"], b"-n\n", False),
    (["echo", "{}"], b"a\nb-c\n", False),
])
def test_an_argument_that_looks_like_an_option_is_warned_of_once(batch, cmd, lines, warned):
    result = batch(lines, "-n", "1", cmd=cmd)
    assert result.status == 0 and result.stderr.count("a line begins with -") == warned, result.stderr
    assert not warned or "put -- before {}" in result.stderr


def test_nul_ends_lines_here_and_for_the_command(batch):
    assert batch(b"a\nb\0c", "-0", "-n", "2", cmd="od -An -c").stdout.split() == rb"a \n b \0 c \0".split()
    assert batch(b"a\nb\0c\0", "--null").stdout == b'["a\\nb","c"]\n'


def test_a_batch_has_no_more_than_its_bytes(batch):
    result = batch(b"aaaa\nbbbb\ncc\ndddddddddddddd\ne\n", "--batch-bytes", "10")
    assert result.stdout == b'["aaaa","bbbb"]\n["cc"]\n["dddddddddddddd"]\n["e"]\n'


def test_a_batch_goes_when_its_first_line_is_old_enough_and_not_before(begin):
    session = begin("-n", "100", "-t", duration(0.2), cmd="cat; echo end")
    for line in ("a", "b"):
        session.say(line)
        said = time.monotonic()
        assert session.line() == line.encode() + b"\n"
        waited = time.monotonic() - said
        assert waited >= 0.195
        assert waited < (10 if SLOW else 2)
        assert session.line() == b"end\n"
        time.sleep(seconds(0.3))
    session.end_input()
    assert session.result().status == 0


def test_without_a_limit_of_age_a_batch_waits_for_its_lines(begin):
    session = begin("-n", "2", cmd=["cat"])
    session.say("a")
    with pytest.raises(TimeoutError):
        session.line(timeout=0.5)
    session.say("b")
    assert session.line() == b"a\n"


def test_the_end_of_the_input_lets_the_last_batch_go_at_once(batch):
    result = batch(b"a\n", "-t", "1h", cmd=["cat"])
    assert result.stdout == b"a\n" and result.seconds < seconds(10)


def test_an_empty_input_runs_nothing(batch, tmp_path):
    assert batch(b"", cmd=["touch", str(tmp_path / "ran")]).status == 0
    assert batch(b"", "--coprocess", cmd=["touch", str(tmp_path / "ran")]).status == 0
    assert batch(b"", cmd=["nonexistent-command"]).status == 0
    assert not (tmp_path / "ran").exists()


def test_lines_are_bytes(batch):
    data = bytes(range(256)).replace(b"\n", b"") + b"\n\r\n"
    assert batch(data, cmd=["cat"]).stdout == data


def test_a_line_that_is_too_long_is_a_dead_letter(batch, tmp_path):
    dead = tmp_path / "dead"
    result = batch(b"short\n" + b"y" * 200 + b"\nend\n", "--max-line", "100", "--dead-letter", str(dead), cmd=["cat"])
    assert (result.status, result.stdout) == (123, b"short\nend\n")
    reason = "longer than 100 bytes (--max-line); only its beginning was kept"
    assert letters(dead) == [{"line": "y" * 200, "reason": reason, "attempts": 0, "cut": True}]


# The command

def test_the_environment_names_the_job(batch, tmp_path):
    script = f'''echo "$RUNNEL_JOB_ID $RUNNEL_JOB_ATTEMPT $RUNNEL_JOB_LINES"
                 [ "$RUNNEL_JOB_ID$RUNNEL_JOB_ATTEMPT" != 21 ]'''
    assert batch(numbers(5), "-n", "2", cmd=script).stdout == b"1 1 2\n2 2 2\n3 1 1\n"


def test_at_most_j_commands_run_at_a_time(batch, tmp_path):
    script = f'''echo x >> {tmp_path}/running; wc -l < {tmp_path}/running; sleep 0.3
                 sed -i 1d {tmp_path}/running'''
    one = batch(numbers(4), "-n", "1", cmd=script)
    assert set(one.stdout.split()) == {b"1"}
    (tmp_path / "running").unlink()
    gate = f'touch {tmp_path}/$RUNNEL_JOB_ID; while [ $(ls {tmp_path} | wc -l) -lt 3 ]; do sleep 0.02; done'
    assert batch(numbers(3), "-n", "1", "-j", "3", cmd=gate).status == 0


def test_the_output_of_each_batch_is_whole(batch):
    script = 'for i in 1 2 3 4 5 6 7 8; do printf $RUNNEL_JOB_ID; sleep 0.01; done; echo'
    lines = batch(numbers(20), "-n", "1", "-j", "8", cmd=script).stdout.split()
    assert sorted(map(int, lines)) == sorted(int(str(n) * 8) for n in range(1, 21))


def test_large_outputs_are_whole_and_not_in_memory(begin, tmp_path):
    """Four commands print 40 MB each at the same time."""
    size = 4_000_000 if SLOW else 40_000_000
    script = f'yes $RUNNEL_JOB_ID | head -c {size}; echo'
    session = begin("-n", "1", "-j", "4", cmd=script, env={"TMPDIR": str(tmp_path)})
    session.feed(numbers(4))
    runs_seen, last, total = [], None, 0
    while data := session.read(1 << 20):
        total += len(data)
        for byte in dict.fromkeys(data.replace(b"\n", b"")):
            if byte != last:
                runs_seen.append(chr(byte))
                last = byte
        peak = session.peak_memory() if total < 3 * size else peak
    assert total == 4 * (size + 1)
    assert sorted(runs_seen) == ["1", "2", "3", "4"], "each in one piece"
    assert peak < memory_limit(120)
    assert session.result().status == 0
    assert not list(tmp_path.iterdir())


def test_what_a_rejected_attempt_printed_is_dropped(batch):
    script = 'echo $RUNNEL_JOB_ATTEMPT; cat; exec [ $RUNNEL_JOB_ATTEMPT = 3 ]'
    assert batch(b"a\n", cmd=script).stdout == b"3\na\n"


def test_what_the_last_attempt_of_a_failed_batch_printed_goes_to_stderr(batch):
    script = 'echo attempt $RUNNEL_JOB_ATTEMPT; printf "no newline"; exit 1'
    result = batch(b"a\n", "--batch-retries", "1", cmd=script)
    assert (result.status, result.stdout) == (123, b"")
    assert result.stderr.splitlines()[1:] == ["runnel: batch 1 printed: attempt 2", "runnel: batch 1 printed: no newline"]
    long = batch(b"a\n", cmd="yes 1234567 | head -n 100000; exit 65")
    assert long.stderr.count("printed: 1234567\n") == 512
    killed = batch(b"a\n", "--batch-max-time", "1s", "--batch-retries", "0", cmd="echo began; sleep 1000")
    assert "batch 1 printed: began\n" in killed.stderr


def test_stderr_passes_through_and_is_logged_with_its_job_by_verbose(batch):
    script = 'cat >&2; exit 0'
    assert batch(b"a\nb\n", "-n", "1", cmd=script).stderr == "a\nb\n"
    reported = batch(b"a\nb\n", "-n", "1", "-v", cmd=script).stderr.splitlines()
    assert reported[:2] == ["runnel: batch 1: a", "runnel: batch 2: b"]


def test_quiet_is_silent_until_something_fails(batch):
    assert batch(b"a\n", "-q", cmd="cat >&2").stderr == ""
    failed = batch(b"a\n", "-q", "--batch-retries", "0", cmd="cat >&2; exit 9")
    assert failed.status == 123
    assert "batch 1: a\n" in failed.stderr and "exited with 9" in failed.stderr


def test_verbose_sums_up(batch):
    script = '[ $RUNNEL_JOB_ATTEMPT = 2 ]'
    reported = batch(numbers(4), "-n", "2", "-v", cmd=script).stderr.splitlines()
    assert re.fullmatch(r"runnel: 4 lines read, 4 accepted; 2 batches, 0 of them not accepted, 2 retries; .* s", reported[-1])
    assert any(re.fullmatch(r"runnel: batch 1: exited with 1; retrying in .* s", line) for line in reported)


def test_a_command_that_ignores_its_stdin_is_not_a_failure(batch):
    big = b"x" * 99 + b"\n"
    result = batch(big * 20_000, "-n", "10000", cmd="echo ok")
    assert (result.status, result.stdout, result.stderr) == (0, b"ok\nok\n", "")


def test_a_command_that_reads_some_of_its_stdin_is_not_a_failure(batch):
    result = batch(b"x" * 99 + b"\n" + (b"y" * 99 + b"\n") * 20_000, "-n", "100000", cmd="head -n 1")
    assert (result.status, result.stdout) == (0, b"x" * 99 + b"\n")


def test_a_command_that_is_killed_while_it_is_written_to_is_retried(batch):
    script = '[ $RUNNEL_JOB_ATTEMPT = 2 ] || kill -9 $$; wc -l'
    result = batch((b"y" * 99 + b"\n") * 20_000, "-n", "20000", "-v", cmd=script)
    assert (result.status, result.stdout) == (0, b"20000\n")
    assert "was killed by signal 9" in result.stderr


# How an attempt ended

@pytest.mark.parametrize("code, attempts", [(65, 1), (1, 3), (126, 3), (127, 3)])
def test_a_failure_is_retried_and_bad_data_is_not(batch, tmp_path, code, attempts):
    dead = tmp_path / "dead"
    result = batch(b"a\nb\n", "--dead-letter", str(dead), cmd=f"exit {code}")
    assert (result.status, result.stdout) == (123, b"")
    assert letters(dead) == [{"line": line, "reason": f"exited with {code}", "attempts": attempts} for line in "ab"]
    assert "2 lines written to" in result.stderr


def test_an_end_by_a_signal_is_a_failure(batch, tmp_path):
    dead = tmp_path / "dead"
    assert batch(b"a\n", "--dead-letter", str(dead), "--batch-retries", "0", cmd="kill $$").status == 123
    assert letters(dead) == [{"line": "a", "reason": "was killed by signal 15", "attempts": 1}]


def test_it_is_retried_as_often_as_asked(batch, tmp_path):
    tried = tmp_path / "tried"
    assert batch(b"a\n", "--batch-retries", "1", cmd=f"echo >> {tried}; exit 1").status == 123
    assert tried.read_text() == "\n\n"


def test_seventy_five_does_not_use_up_the_retries(batch):
    script = '[ $RUNNEL_JOB_ATTEMPT -ge 4 ] || exit 75; echo $RUNNEL_JOB_ATTEMPT'
    assert batch(b"a\n", "--batch-retries", "0", cmd=script).stdout == b"4\n"


def test_a_command_that_always_asks_to_try_later_is_reported(batch):
    result = batch(b"a\n", cmd='[ $RUNNEL_JOB_ATTEMPT -ge 8 ] || exit 75; cat')
    assert (result.status, result.stdout) == (0, b"a\n")
    assert "batch 1: exited with 75 (attempt 7); it is retried until it is accepted\n" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("options", [["-n", "1"], ["--coprocess"]])
@pytest.mark.parametrize("limit, lines", [("-n 64", 100), ("-n 24", 30)])
def test_too_few_descriptors_lower_the_number_of_commands(shell, options, limit, lines, tmp_path):
    """No command ends before the lack was reported."""
    held = "while read n; do while [ ! -e gate ]; do sleep 0.1; done; echo $n; done"
    result = shell(f'''cd "{tmp_path}"; touch errors
        (until grep -q "ulimit -n" errors; do sleep 0.1; done; touch gate) &
        (ulimit {limit}; seq {lines} | "$runnel" batch -j 100 {" ".join(options)} -- sh -c "$held" 2> errors) | sort -n''',
                   timeout=120, held=held)
    assert result.stdout == numbers(lines), (tmp_path / "errors").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="a user of its own is needed, of whom nothing else runs")
@pytest.mark.parametrize("options, said", [(["-n", "1"], "fewer than 100 commands at a time"), (["--coprocess"], "instead of 100")])
def test_too_few_processes_lower_the_number_of_commands(shell, options, said):
    """The program is opened before the user changes, who may have no access to its folder."""
    slow = "read n; echo $n ${RUNNEL_JOB_ATTEMPT-1}; exec sleep 0.3" if options == ["-n", "1"] else \
        "while read n; do echo $n 1; done"
    result = shell(f"""exec 3< "$runnel"; ulimit -u 16
        seq 60 | setpriv --reuid=54321 --regid=54321 --clear-groups /proc/self/fd/3 batch -j 100 --batch-retries 0 \\
        {" ".join(options)} -- sh -c "$slow" | sort -n""", slow=slow)
    assert result.stdout == b"".join(b"%d 1\n" % n for n in range(1, 61)), result.stderr
    assert said in result.stderr and "ulimit" in result.stderr


@needs_namespaces
@pytest.mark.parametrize("options", [("-n", "1"), ("--coprocess",)])
def test_orphans_are_reaped_as_pid_1(tmp_path, options):
    script = "while read n; do (sleep 2 > /dev/null 2>&1 &); echo $n; done"
    session = tool.Session([*AS_PID_1, tool.binary(), "batch", *options, *command(script)])
    try:
        session.say("1", "2", "3")
        assert [session.line() for _ in range(3)] == [b"1\n", b"2\n", b"3\n"]
        ((_, _, program),) = children(session.pid)
        give_up = time.monotonic() + seconds(20)
        seen = set()
        while time.monotonic() < give_up:
            orphans = {pid for name, _, pid in children(program) if name == "sleep"}
            seen |= orphans
            if seen and not orphans:
                break
            time.sleep(0.05)
        assert len(seen) == 3 and not orphans
        session.end_input()
        assert session.process.wait(30) == 0
    finally:
        session.close()


def test_lost_lines_are_reported_with_a_hint_once(batch):
    result = batch(b"a\nb\nc\n", "-n", "2", cmd="exit 65")
    assert result.status == 123
    assert result.stderr == ("runnel: batch 1: exited with 65 (1 attempt); 2 lines lost"
                             " [--dead-letter FILE keeps them]\n"
                             "runnel: batch 2: exited with 65 (1 attempt); 1 line lost\n")


def test_dead_letters_are_appended_and_keep_every_byte(batch, tmp_path):
    dead = tmp_path / "dead"
    dead.write_text('{"earlier": 1}\n', encoding="ascii")
    batch(b"\xff\n\t\n", "--dead-letter", str(dead), cmd="exit 65")
    earlier, binary, tab = letters(dead)
    assert (earlier, base64.b64decode(binary["line_b64"]), tab["line"]) == ({"earlier": 1}, b"\xff", "\t")


def test_dead_letters_that_cannot_be_kept_end_the_run(batch):
    refused = batch(b"a\n", "--dead-letter", "/nowhere/at/all", cmd="touch /nowhere")
    assert refused.status == 74 and "/nowhere/at/all" in refused.stderr
    full = batch(numbers(1000), "-n", "1", "--dead-letter", "/dev/full", cmd="exit 65")
    assert full.status == 74 and "No space left" in full.stderr


@pytest.mark.parametrize("options", [(), ("--coprocess",)])
def test_a_command_that_cannot_be_run_ends_the_run_at_once(batch, tmp_path, options):
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n", encoding="ascii")
    missing = batch(numbers(100_000), "-n", "1", cmd=["nonexistent-command"]) if not options else \
        batch(numbers(100_000), *options, cmd=["nonexistent-command"])
    assert missing.status == 127 and "nonexistent-command" in missing.stderr
    denied = batch(numbers(100_000), *options, cmd=[str(script)])
    assert denied.status == 126 and str(script) in denied.stderr
    assert len(denied.stderr.splitlines()) <= 4


def test_lines_that_were_read_for_a_command_that_cannot_be_run_are_kept(batch, tmp_path):
    dead = tmp_path / "dead"
    assert batch(b"a\nb\n", "--dead-letter", str(dead), cmd=["nonexistent-command"]).status == 127
    assert [letter["line"] for letter in letters(dead)] == ["a", "b"]


def test_a_timed_out_attempt_is_ended_with_its_children(batch, tmp_path):
    script = f'sleep 1000 & echo $! $$ > {tmp_path}/pids; echo never seen; wait'
    result = batch(b"a\n", "--batch-max-time", "0.3s", "--batch-retries", "0", cmd=script)
    assert (result.status, result.stdout) == (123, b"")
    assert "did not end within 0.3 s" in result.stderr
    assert result.seconds < seconds(10)
    assert gone(map(int, (tmp_path / "pids").read_text().split()))


def test_a_command_that_ignores_sigterm_is_killed(batch, tmp_path):
    script = f'trap "" TERM; echo $$ > {tmp_path}/pid; while :; do sleep 0.05; done'
    result = batch(b"a\n", "--batch-max-time", "0.2s", "--batch-retries", "0", cmd=script)
    assert result.status == 123
    assert gone([int((tmp_path / "pid").read_text())])


@pytest.mark.parametrize("held", ["2>/dev/null", ">/dev/null", ""])
@pytest.mark.parametrize("options", [(), ("-v",), ("-q",), ("--batch-max-time", "0.5s")])
@pytest.mark.parametrize("start", ["", "setsid "])
def test_a_command_is_over_when_it_has_exited(batch, tmp_path, options, held, start):
    """What holds its stdout or stderr is cut off, and left alone."""
    script = f'{start}sleep 1000 {held} & echo $! > {tmp_path}/pid; echo x >> {tmp_path}/ran; echo done; exit 0'
    result = batch(b"a\n", *options, cmd=script)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert (result.status, result.stdout) == (0, b"done\n")
    assert (tmp_path / "ran").read_text() == "x\n"
    assert result.seconds < seconds(20)
    passed_on = held == ">/dev/null" and "-v" not in options and "-q" not in options
    assert ("started by the command still holds" in result.stderr) != (passed_on or "-q" in options), result.stderr


def test_time_in_which_the_program_was_stopped_does_not_count(begin, tmp_path):
    for options in ((), ("--coprocess",)):
        session = begin("-n", "1", *options, "--batch-max-time", "4s", "--batch-retries", "0",
                        cmd=f"read n; touch {tmp_path}/began; sleep 1; echo $n")
        session.say("a")
        while not (tmp_path / "began").exists():
            time.sleep(0.02)
        (tmp_path / "began").unlink()
        session.signal(signal.SIGSTOP)
        time.sleep(6)
        session.signal(signal.SIGCONT)
        session.end_input()
        result = session.result()
        assert (result.status, result.stdout) == (0, b"a\n"), result.stderr


def stat_of(pid):
    """The state and the parent of a process."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[:2]


def stops(pid):
    give_up = time.monotonic() + seconds(10)
    while stat_of(pid)[0] != "T" and time.monotonic() < give_up:
        time.sleep(0.02)
    return stat_of(pid)[0] == "T"


LIKE_A_SHELL = """import os, subprocess, sys
os.setsid()
sys.exit(subprocess.Popen(sys.argv[1:], preexec_fn=os.setpgrp).wait())"""


@pytest.mark.parametrize("options", [(), ("--coprocess",)])
def test_ctrl_z_stops_the_commands_too(tmp_path, options):
    """The parent is in another group of the session: without one the system ignores Ctrl-Z. The command starts no
    other process, because a shell that waits in vfork() for one that is stopped does not show as stopped."""
    pid_file = tmp_path / "pid"
    script = f"read n; echo $$ > {pid_file}; while [ ! -e {tmp_path}/gate ]; do :; done; echo $n"
    shell = subprocess.Popen([sys.executable, "-c", LIKE_A_SHELL, tool.binary(), "batch", *options, *command(script)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    shell.stdin.write(b"a\n")
    shell.stdin.close()
    while not pid_file.exists() or not pid_file.read_text():
        time.sleep(0.02)
    command_pid = int(pid_file.read_text())
    program = int(stat_of(command_pid)[1])
    os.kill(program, signal.SIGTSTP)
    assert stops(program) and stops(command_pid)
    time.sleep(0.5)
    assert stat_of(command_pid)[0] == "T"
    (tmp_path / "gate").touch()
    os.kill(program, signal.SIGCONT)
    assert shell.stdout.read() == b"a\n" and shell.wait() == 0


@pytest.mark.parametrize("options", [(), ("--coprocess",)])
def test_ctrl_backslash_ends_the_commands_too(begin, tmp_path, options):
    pids = tmp_path / "pids"
    session = begin("-n", "1", *options, cmd=f"read line; sleep 1000 & echo $! $$ > {pids}; wait")
    session.say("a")
    while not pids.exists() or not pids.read_text():
        time.sleep(0.02)
    session.signal(signal.SIGQUIT)
    assert session.ends_within(5).status == 128 + signal.SIGQUIT
    assert gone(map(int, pids.read_text().split()))


def test_a_process_without_the_stdout_does_not_delay_an_attempt(batch, tmp_path):
    result = batch(b"a\n", cmd=f"sleep 1000 > /dev/null 2>&1 & echo $! > {tmp_path}/pid; echo done")
    pid = int((tmp_path / "pid").read_text())
    assert (result.status, result.stdout) == (0, b"done\n")
    assert runs(pid)
    os.kill(pid, signal.SIGKILL)


def test_a_stdin_that_cannot_be_read_is_a_failure(shell):
    result = shell('"$runnel" batch -- cat < /; echo $?')
    assert result.stdout == b"1\n" and "stdin: Is a directory" in result.stderr


def test_a_grandchild_that_prints_belongs_to_the_attempt(batch):
    assert batch(b"a\n", cmd="(sleep 0.3; echo late) & echo early").stdout == b"early\nlate\n"


# Nothing is lost

def test_random_temporary_failures_lose_and_double_nothing(batch):
    last = count(100_000)
    result = batch(numbers(last), "-n", "100", "-t", "1s", "-j", "4", cmd=FAILS_AT_RANDOM, timeout=120)
    assert (result.status, result.stderr) == (0, "")
    assert Counter(map(int, result.stdout.split())) == Counter(range(1, last + 1))


def test_exactly_the_batches_that_fail_are_dead_letters(batch, tmp_path):
    last, dead = count(10_000), tmp_path / "dead"
    script = 'lines=$(cat); case "$lines" in *13*) exit 1; esac; echo "$lines"'
    result = batch(numbers(last), "-n", "10", "-j", "4", "--batch-retries", "1", "--dead-letter", str(dead),
                   cmd=script, timeout=120)
    batches = [range(n, n + 10) for n in range(1, last + 1, 10)]
    bad = {n for one in batches if any("13" in str(m) for m in one) for n in one}
    assert result.status == 123
    kept = letters(dead)
    assert sorted(int(letter["line"]) for letter in kept) == sorted(bad)
    assert {(letter["reason"], letter["attempts"]) for letter in kept} == {("exited with 1", 2)}
    assert sorted(map(int, result.stdout.split())) == sorted(set(range(1, last + 1)) - bad)


def test_stdin_is_not_read_while_every_job_is_busy(begin, tmp_path):
    gate = tmp_path / "gate"
    session = begin("-n", "1", "-j", "2", cmd=f"while [ ! -e {gate} ]; do sleep 0.02; done; cat")
    os.set_blocking(session.stdin.fileno(), False)
    line, written, quiet_since = b"x" * 999 + b"\n", 0, time.monotonic()
    while time.monotonic() - quiet_since < seconds(0.5):
        try:
            written += os.write(session.stdin.fileno(), line * 4)
            quiet_since = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    assert written < 1_000_000
    assert session.peak_memory() < memory_limit(64)
    gate.touch()
    os.set_blocking(session.stdin.fileno(), True)
    session.end_input()
    result = session.result()
    assert (result.status, len(result.stdout)) == (0, written + (1 if written % 1000 else 0))


def test_a_slow_reader_of_stdout_holds_the_commands_back(begin, tmp_path):
    session = begin("-n", "1", "-j", "2", cmd=f"echo >> {tmp_path}/ran; yes | head -c 100000; cat > /dev/null")
    session.say(*map(str, range(200)))
    time.sleep(seconds(1.5))
    began = (tmp_path / "ran").read_text().count("\n")
    assert 2 <= began < 20
    session.end_input()
    assert session.skip(1 << 30, timeout=60) == 200 * 100_000
    assert session.result().status == 0


def test_a_reader_that_exits_ends_the_run_quietly(shell, tmp_path):
    pids = tmp_path / "pids"
    script = f'yes | "$runnel" batch -n 10 -j 2 -- sh -c "echo \\$\\$ >> {pids}; cat; sleep 0.05" | head -n 1; echo "${{PIPESTATUS[@]}}"'
    result = shell(script)
    assert result.stdout.decode().splitlines()[1:] == ["141 141 0"]
    assert result.stderr == ""
    assert result.seconds < seconds(15)
    assert gone(map(int, pids.read_text().split()))


def test_a_full_disk_is_reported(shell):
    result = shell('seq 10 | "$runnel" batch -- cat > /dev/full; echo $?')
    assert result.stdout == b"74\n" and "No space left" in result.stderr


# Early ends

@pytest.mark.parametrize("name, status", [("SIGHUP", 129), ("SIGINT", 130), ("SIGTERM", 143)])
def test_the_first_signal_delivers_what_was_read(begin, tmp_path, name, status):
    session = begin("-n", "2", "-t", "1h", "--grace", "60s", cmd=f"touch {tmp_path}/began; sleep 0.5; cat; echo end")
    session.say("a", "b", "c")
    while not (tmp_path / "began").exists():
        time.sleep(0.02)
    session.signal(getattr(signal, name))
    result = session.result()
    assert (result.status, result.stdout) == (status, b"a\nb\nend\nc\nend\n")
    assert "after reading 3 lines: 3 accepted, 0 not; the input was not read to its end" in result.stderr


def test_after_the_grace_commands_are_ended_and_their_lines_kept(begin, tmp_path):
    dead, pids = tmp_path / "dead", tmp_path / "pids"
    session = begin("-n", "1", "-j", "2", "--grace", duration(0.3), "--dead-letter", str(dead),
                    cmd=f"sleep 1000 & echo $! $$ >> {pids}; wait")
    session.say("a", "b", "c")
    while not pids.exists() or pids.read_text().count("\n") < 2:
        time.sleep(0.02)
    asked = time.monotonic()
    session.signal(signal.SIGTERM)
    result = session.ends_within(10, asked)
    assert time.monotonic() - asked >= 0.3
    assert result.status == 143
    assert gone(map(int, pids.read_text().split()))
    assert {letter["line"]: letter["reason"] for letter in letters(dead)} == dict.fromkeys("abc", "the run was interrupted")


@pytest.mark.parametrize("options", [(), ("--coprocess",)])
def test_the_second_signal_ends_everything_at_once(begin, tmp_path, options):
    pids = tmp_path / "pids"
    session = begin("-n", "1", "--grace", "60s", *options, cmd=f"read line; trap '' HUP PIPE; sleep 1000 & echo $! $$ >> {pids}; wait")
    session.say("a")
    while not pids.exists() or not pids.read_text():
        time.sleep(0.02)
    session.signal(signal.SIGINT)
    time.sleep(seconds(0.3))
    assert session.process.poll() is None
    session.signal(signal.SIGINT)
    assert session.ends_within(2).status == 130
    assert gone(map(int, pids.read_text().split()))


def test_ctrl_c_at_the_terminal_lets_the_commands_finish(begin):
    """The whole foreground group gets the signal; the commands are in groups of their own."""
    session = begin("-n", "1", cmd="sleep 0.7; cat", stdin=subprocess.PIPE)
    session.say("a")
    time.sleep(seconds(0.3))
    session.signal(signal.SIGINT)
    result = session.result()
    assert (result.status, result.stdout) == (130, b"a\n")


# Workers

def test_workers_answer_line_for_line(batch):
    result = batch(numbers(100), "--coprocess", cmd="while read n; do echo $((n * 2)); done")
    assert (result.status, result.stdout) == (0, b"".join(b"%d\n" % (2 * n) for n in range(1, 101)))


def test_as_many_workers_as_jobs_are_kept(batch):
    result = batch(numbers(60), "--coprocess", "-j", "3", cmd="while read n; do sleep 0.01; echo $$; done")
    assert len(result.lines) == 60 and len(set(result.lines)) == 3


def test_a_worker_that_dies_is_replaced_and_its_line_goes_to_another(batch):
    script = 'n=0; while read line; do n=$((n + 1)); [ $n -lt 5 ] || exit 3; echo $line; done'
    result = batch(numbers(40), "--coprocess", "-j", "2", "--batch-retries", "20", cmd=script)
    assert result.status == 0
    assert sorted(map(int, result.stdout.split())) == list(range(1, 41))


def test_a_line_that_kills_every_worker_is_a_dead_letter(batch, tmp_path):
    dead = tmp_path / "dead"
    script = 'while read line; do [ $line != bad ] || exit 3; echo $line; done'
    result = batch(b"a\nbad\nb\n", "--coprocess", "--dead-letter", str(dead), cmd=script)
    assert (result.status, result.stdout) == (123, b"a\nb\n")
    (letter,) = letters(dead)
    assert (letter["line"], letter["attempts"]) == ("bad", 3) and "exited with 3" in letter["reason"]


def test_workers_that_never_answer_end_the_run(batch):
    result = batch(numbers(100_000), "--coprocess", cmd="exit 1")
    assert (result.status, result.stdout) == (123, b"")
    assert "no more are started" in result.stderr
    assert result.seconds < seconds(60)


def test_an_answer_has_its_limit(batch, tmp_path):
    dead = tmp_path / "dead"
    script = 'while read line; do [ $line != slow ] || sleep 1000; echo $line; done'
    result = batch(b"a\nslow\nb\n", "--coprocess", "--batch-max-time", "0.5s", "--batch-retries", "1",
                   "--dead-letter", str(dead), cmd=script)
    assert (result.status, result.stdout) == (123, b"a\nb\n")
    assert letters(dead) == [{"line": "slow", "reason": "no answer within 0.5 s", "attempts": 2}]


def test_a_worker_may_finish_after_its_last_line(batch, tmp_path):
    script = f'while read line; do echo $line; done; sleep 0.3; touch {tmp_path}/finished'
    assert batch(b"a\n", "--coprocess", cmd=script).stdout == b"a\n"
    assert (tmp_path / "finished").exists()


def test_with_nul_a_line_with_a_newline_cannot_be_sent_to_a_worker(batch, tmp_path):
    dead = tmp_path / "dead"
    result = batch(b"a\0b\nc\0d", "-0", "--coprocess", "--dead-letter", str(dead), cmd=["tee"])
    assert (result.status, result.stdout) == (123, b"a\nd\n")
    assert [(letter["line"], letter["attempts"]) for letter in letters(dead)] == [("b\nc", 0)]


@pytest.mark.parametrize("script", [
    "echo READY; exec sed -u s/^/x/", "sed -u p", "while read n; do echo $n; done; echo trailer",
    "while read n; do echo $n; done; printf tail", "while read n; do echo $n; echo $n; done", "yes"])
def test_a_line_that_no_line_asked_for_is_found(batch, script):
    """At the latest at the end of the input, because it may look like the answer to the next line."""
    result = batch(b"1\n2\n3\n", "--coprocess", "--batch-retries", "0", cmd=script)
    assert result.status == 123
    assert "more lines than it was given" in result.stderr, result.stderr


def test_what_a_worker_printed_before_a_line_is_not_its_answer(begin, tmp_path):
    session = begin("--coprocess", cmd=f"read n; echo $n; sleep 0.5; echo surplus; touch {tmp_path}/said; exec cat")
    session.say("1")
    assert session.line() == b"1\n"
    while not (tmp_path / "said").exists():
        time.sleep(0.02)
    (tmp_path / "said").unlink()
    session.say("2")
    assert session.line() == b"2\n"
    session.end_input()
    result = session.result()
    assert result.status == 123 and "more lines than it was given" in result.stderr


@pytest.mark.parametrize("end, said", [("exit 7", "exited with 7"), ("kill -9 $$", "was killed by signal 9")])
def test_a_worker_that_fails_at_its_end_is_a_failure(batch, end, said):
    result = batch(b"1\n2\n", "--coprocess", cmd=f"sed -u s/^/x/; {end}")
    assert (result.status, result.stdout) == (123, b"x1\nx2\n")
    assert said in result.stderr


def test_lines_that_end_their_workers_end_the_run_only_if_none_was_ever_answered(batch, tmp_path):
    dead, bad = tmp_path / "dead", [f"bad{n}" for n in range(15)]
    script = 'while read line; do case $line in bad*) exit 3;; esac; echo $line; done'
    result = batch("\n".join(["a", *bad, "b"]).encode(), "--coprocess", "--batch-retries", "0", "--dead-letter",
                   str(dead), cmd=script)
    assert (result.status, result.stdout) == (123, b"a\nb\n")
    assert [(letter["line"], letter["attempts"]) for letter in letters(dead)] == [(line, 1) for line in bad]


def test_a_worker_that_dies_with_several_lines_costs_them_no_attempt(batch, tmp_path):
    dead, good = tmp_path / "dead", numbers(3000).split()
    script = 'while read line; do [ $line != bad ] || exit 3; echo $line; done'
    result = batch(b"\n".join([*good[:2000], b"bad", *good[2000:]]), "--coprocess", "--batch-retries", "0",
                   "--dead-letter", str(dead), cmd=script)
    assert (result.status, result.stdout.split()) == (123, good)
    assert [(letter["line"], letter["attempts"]) for letter in letters(dead)] == [("bad", 1)]


def test_a_worker_may_reject_a_line_for_good(batch, tmp_path):
    dead, bad = tmp_path / "dead", [f"bad{n}" for n in range(15)]
    script = 'while read line; do case $line in bad*) exit 65;; esac; echo $line; done'
    result = batch("\n".join([*bad, "good"]).encode(), "--coprocess", "--dead-letter", str(dead), cmd=script)
    assert (result.status, result.stdout) == (123, b"good\n")
    assert [(letter["line"], letter["attempts"]) for letter in letters(dead)] == [(line, 1) for line in bad]


def test_a_worker_may_ask_to_try_later(batch, tmp_path):
    script = f'while read line; do echo >> {tmp_path}/asked; [ $(wc -l < {tmp_path}/asked) -ge 3 ] || exit 75; echo $line; done'
    result = batch(b"a\n", "--coprocess", "--batch-retries", "0", cmd=script)
    assert (result.status, result.stdout) == (0, b"a\n")


def test_a_worker_that_exited_is_noticed_while_another_process_holds_its_stdout(batch, tmp_path):
    script = f'read line; sleep 1000 & echo $! > {tmp_path}/pid; exit 3'
    result = batch(b"a\n", "--coprocess", "--batch-retries", "0", cmd=script)
    assert result.status == 123 and "exited with 3" in result.stderr
    assert "holds its stdout" in result.stderr
    assert result.seconds < seconds(20)
    assert gone([int((tmp_path / "pid").read_text())])


def test_an_answer_is_as_long_as_a_line_may_be(batch):
    line = b"x" * (17 << 20) + b"\n"
    assert batch(line, "--max-line", "18M", "--coprocess", cmd=["cat"]).stdout == line
    long = batch(b"a\n", "--max-line", "100", "--coprocess", "--batch-retries", "0", cmd='while read n; do printf "%0101d\\n" 1; done')
    assert (long.status, long.stdout) == (123, b"")
    assert "the answer is longer than 100 bytes" in long.stderr


def test_a_worker_that_does_not_answer_is_reported_once(batch):
    result = batch(b"a\n", "--coprocess", cmd="read n; sleep 7; echo $n")
    assert (result.status, result.stdout) == (0, b"a\n")
    assert result.stderr.count("has not answered for 5 s") == 1


def test_workers_keep_the_order_of_the_lines_at_any_pace(batch):
    lines = numbers(count(50_000))
    assert batch(lines, "--coprocess", cmd=["cat"]).stdout == lines
    assert batch(lines, "--coprocess", cmd=["sed", "-u", "s/^/x/"]).stdout == b"".join(b"x" + n + b"\n" for n in lines.split())


def test_a_slow_worker_gets_few_lines(batch, tmp_path):
    script = f"mkdir {tmp_path}/slow || exec sed -u s/^/fast/; while read n; do sleep 1; echo slow$n; done"
    result = batch(numbers(count(20_000)), "--coprocess", "-j", "2", cmd=script)
    assert result.status == 0 and len(result.lines) == count(20_000)
    assert sum(line.startswith(b"slow") for line in result.lines) <= result.seconds + 1


def test_answers_are_journalled_one_by_one(batch, tmp_path):
    journal = str(tmp_path / "journal")
    script = 'while read line; do [ $line != bad ] || exit 65; echo $line; done'
    lines = numbers(1500) + b"bad\n" + numbers(3000, 1501)
    first = batch(lines, "--coprocess", "--journal", journal, cmd=script)
    assert (first.status, first.stdout) == (123, numbers(3000))
    again = batch(lines, "--coprocess", "--journal", journal, "--resume", cmd=["sed", "-u", "s/^/again /"])
    assert (again.status, again.stdout) == (0, b"again bad\n")


# Order

AT_ODD_SPEED = 'read n; sleep 0.$(( (n * 7) % 5 )); echo $n'


@pytest.mark.parametrize("options", [(), ("--journal", "JOURNAL")], ids=["plain", "journal"])
def test_outputs_come_in_the_order_of_the_batches_when_asked_for(batch, tmp_path, options):
    options = [word.replace("JOURNAL", str(tmp_path / "journal")) for word in options]
    result = batch(numbers(30), "-n", "1", "-j", "6", "--keep-order", *options, cmd=AT_ODD_SPEED)
    assert (result.status, result.stdout) == (0, numbers(30))


def test_a_batch_that_fails_or_is_retried_does_not_change_the_order(batch, tmp_path):
    dead = tmp_path / "dead"
    script = """read n
        case $n in
        2) [ $RUNNEL_JOB_ATTEMPT = 3 ] || exit 1;;
        5) sleep 0.3; exit 65;;
        9) [ $RUNNEL_JOB_ATTEMPT = 2 ] || exit 75;;
        esac
        echo $n"""
    result = batch(numbers(20), "-n", "1", "-j", "4", "--keep-order", "--dead-letter", str(dead), cmd=script)
    assert (result.status, result.stdout) == (123, numbers(4) + numbers(20, 6))
    assert [letter["line"] for letter in letters(dead)] == ["5"]


def test_large_outputs_keep_the_order(batch, tmp_path):
    size = 2_000_000 if SLOW else 20_000_000
    script = f'read n; [ $n != 1 ] || sleep 0.5; yes $n | head -c {size}'
    result = batch(numbers(3), "-n", "1", "-j", "3", "--keep-order", cmd=script, env={"TMPDIR": str(tmp_path)})
    assert result.stdout == b"".join((b"%d\n" % n) * (size // 2) for n in (1, 2, 3))


@pytest.mark.parametrize("limit", ["-n 64", "-n 24"])
def test_the_order_is_kept_when_descriptors_are_lacking(shell, limit):
    result = shell(f'ulimit {limit}; seq 100 | "$runnel" batch -n 1 -j 100 --keep-order -- sh -c "$work"', work=AT_ODD_SPEED)
    assert result.stdout == numbers(100), result.stderr


@pytest.mark.parametrize("script", ["exec cat", "while read n; do [ $((n % 9)) != 0 ] || sleep 0.05; echo $n; done",
                                    "while read n; do [ $((n % 50)) != 0 ] || exit 3; echo $n; done"])
def test_answers_of_several_workers_come_in_the_order_of_the_lines(batch, tmp_path, script):
    dead = tmp_path / "dead"
    result = batch(numbers(300), "--coprocess", "-j", "4", "--keep-order", "--dead-letter", str(dead), cmd=script)
    kept = {int(letter["line"]) for letter in letters(dead)}
    assert kept == ({50, 100, 150, 200, 250, 300} if "exit 3" in script else set())
    assert result.stdout.split() == [b"%d" % n for n in range(1, 301) if n not in kept]


def test_what_waits_for_its_turn_at_the_deadline_is_not_accepted(batch, tmp_path):
    dead = tmp_path / "dead"
    result = batch(numbers(4), "-n", "1", "-j", "4", "--keep-order", "--deadline", duration(3), "--dead-letter", str(dead),
                   cmd="read n; [ $n != 2 ] || sleep 1000; echo $n")
    assert (result.status, result.stdout) == (124, b"1\n")
    assert sorted(letter["line"] for letter in letters(dead)) == list("234")


# Dead letters as the input

ODD_LINES = [b"two\nlines", b"", b"\xff\xfe", b'"quoted"\\', b"caf\xc3\xa9", b"\r", b"x" * 300_000, b"\n", b"last"]


def test_dead_letters_are_delivered_again_byte_for_byte(batch, tmp_path):
    dead, again = tmp_path / "dead", tmp_path / "again"
    data = b"".join(line + b"\0" for line in ODD_LINES)
    assert batch(data, "-0", "-n", "2", "--dead-letter", str(dead), cmd="exit 65").status == 123
    assert stat.S_IMODE(dead.stat().st_mode) == 0o600
    redone = batch(b"unread", "--redo", str(dead), "-0", cmd=["cat"])
    assert (redone.status, redone.stdout, redone.stderr) == (0, data, "")
    assert batch(dead.read_bytes(), "--redo", "-", "-0", cmd=["cat"]).stdout == data
    assert batch(b"", "--redo", str(dead), "--dead-letter", str(again), "-0", "-n", "2", cmd="exit 65").status == 123
    assert again.read_bytes() == dead.read_bytes()


def test_lines_with_newlines_are_delivered_again_as_arguments_and_as_json(batch, tmp_path):
    dead = tmp_path / "dead"
    batch(b"two\nlines\0b\0", "-0", "--dead-letter", str(dead), cmd="exit 65")
    assert batch(b"", "--redo", str(dead), cmd=["printf", "<%s>", "{}"]).stdout == b"<two\nlines><b>"
    assert batch(b"", "--redo", str(dead)).stdout == b'["two\\nlines","b"]\n'


REFUSED = {  # what is refused: the second line of the file, the message
    "cut": ('{"line": "x", "reason": "r", "attempts": 0, "cut": true}', '"cut":true'),
    "newline": (r'{"line": "two\nlines", "reason": "r", "attempts": 1}', "with -0 lines end with NUL"),
    "other": ('{"earlier": 1}', "not a dead letter"),
    "broken": ('{"line": "x', "not a dead letter"),
    "long": (json.dumps({"line": "x" * 200}), "longer than 100 bytes (--max-line)"),
    "huge": (json.dumps({"line": "x" * 200_000}), "--max-line 100"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_delivered_again_is_refused(batch, tmp_path, kind):
    """A file is refused before anything starts; what comes from a pipe is delivered up to there."""
    line, message = REFUSED[kind]
    dead, good = tmp_path / "dead", '{"line": "good", "reason": "r", "attempts": 1}'
    dead.write_text(f"{good}\n{line}\n{good}\n", encoding="utf-8")
    result = batch(b"", "--max-line", "100", "--redo", str(dead), cmd=f"touch {tmp_path}/ran")
    assert (result.status, result.stdout) == (2, b"")
    assert f"--redo: cannot read {dead}: line 2: " in result.stderr and message in result.stderr
    assert not (tmp_path / "ran").exists()
    piped = batch(dead.read_bytes(), "--max-line", "100", "--redo", "-", cmd=["cat"])
    assert (piped.status, piped.stdout) == (1, b"good\n")
    assert "--redo: cannot read -: line 2: " in piped.stderr and message in piped.stderr


def test_the_file_that_is_read_again_must_be_another_than_the_one_that_is_written(batch, tmp_path):
    dead = tmp_path / "dead"
    dead.write_text('{"line": "a"}\n', encoding="utf-8")
    assert batch(b"", "--redo", str(dead), "--dead-letter", str(dead), cmd="exit 65").status == 2
    missing = batch(b"", "--redo", str(tmp_path / "missing"), cmd=["cat"])
    assert missing.status == 2 and "missing: No such file or directory" in missing.stderr


# When to stop

def stats(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("options, status, stops_after", [
    (["--fail-early"], 123, 1), (["--max-fail", "0"], 123, 1), (["--max-fail", "2"], 123, 3), (["--max-fail", "49"], 0, None),
    (["--max-fail", "100%"], 0, None), (["--max-fail", "90%"], 123, None), ([], 123, None)])
def test_lines_that_fail_stop_the_run_if_asked(batch, tmp_path, options, status, stops_after):
    script = f'read n; echo $n >> {tmp_path}/started; [ $n = 1 ] || exit 65; echo $n'
    result = batch(numbers(50), "-n", "1", "--stats", str(tmp_path / "stats"), *options, cmd=script)
    assert (result.status, result.stdout) == (status, b"1\n")
    found = stats(tmp_path / "stats")
    assert found["delivered"] == 1 and found["failed"] == (stops_after or 49)
    assert found["read"] == found["delivered"] + found["failed"] + found["cancelled"]
    assert ("exceeded" in result.stderr) == (stops_after is not None)
    assert len((tmp_path / "started").read_text().split()) <= 1 + (stops_after or 49) + 1


def test_a_percentage_of_failed_lines_stops_after_a_hundred(batch, tmp_path):
    dead = tmp_path / "dead"
    result = batch(numbers(500), "-n", "50", "--max-fail", "50%", "--dead-letter", str(dead), cmd="exit 65")
    assert result.status == 123 and "100 of 100 lines failed: --max-fail 50% exceeded" in result.stderr
    reasons = [letter["reason"] for letter in letters(dead)]
    assert reasons[:100] == ["exited with 65"] * 100 and set(reasons[100:]) <= {"the run was stopped"}


@pytest.mark.parametrize("options", [("-n", "1"), ("--coprocess",)])
def test_a_deadline_ends_the_run_and_its_commands(batch, tmp_path, options):
    dead, pid = tmp_path / "dead", tmp_path / "pid"
    script = f'echo $$ > {pid}; while read n; do [ $n = 1 ] || sleep 1000; echo $n; done'
    result = batch(numbers(5), *options, "--deadline", duration(3), "--dead-letter", str(dead), "--stats",
                   str(tmp_path / "stats"), cmd=script)
    assert (result.status, result.stdout) == (124, b"1\n")
    kept = {letter["line"]: letter["reason"] for letter in letters(dead)}
    assert "2" in kept and set(kept.values()) == {"the deadline of the run passed"}
    found = stats(tmp_path / "stats")
    assert found["cancelled"] == len(kept) == found["read"] - 1 and found["left_unread"] == (len(kept) < 4)
    assert result.seconds < seconds(30)
    assert gone([int(pid.read_text())])


def test_the_statistics_tell_what_happened(batch, tmp_path):
    file, journal = tmp_path / "stats", tmp_path / "journal"
    batch(numbers(5), "-n", "2", "--stats", str(file), "--journal", str(journal), cmd='[ $RUNNEL_JOB_ATTEMPT = 2 ]')
    found = stats(file)
    assert found.pop("seconds") > 0 and found.pop("loop_lag")["max"] >= 0
    assert found == {"read": 5, "delivered": 5, "failed": 0, "cancelled": 0, "skipped": 0, "batches": 3,
                     "batches_failed": 0, "retries": 3, "left_unread": False}
    batch(numbers(7), "-n", "2", "--stats", str(file), "--journal", str(journal), "--resume", cmd="exit 65")
    found = stats(file)
    assert (found["read"], found["skipped"], found["failed"], found["batches_failed"]) == (7, 5, 2, 1)
    assert batch(b"a\n", "--stats", "/nowhere/at/all").status == 74
    printed = batch(b"a\n", "--stats", "-", cmd=["cat"]).stdout
    assert printed.startswith(b'a\n{"read":1,')


def test_workers_get_no_more_lines_ahead_than_asked(batch, tmp_path):
    """A worker that ends had read nothing but the line that ended it."""
    script = f'while read n; do echo $n >> {tmp_path}/read; [ $n != 50 ] || {{ cat >> {tmp_path}/read; exit 3; }}; echo $n; done'
    result = batch(numbers(100), "--coprocess", "--coprocess-ahead", "1", "--batch-retries", "0", "--batch-max-time",
                   duration(1), cmd=script)
    assert (result.status, len(result.lines)) == (123, 99)
    assert (tmp_path / "read").read_bytes() == numbers(100)


def test_the_progress_is_shown_on_a_terminal(begin, tmp_path):
    lines = tmp_path / "lines"
    lines.write_bytes(numbers(20))
    terminal = Terminal(100)
    with lines.open("rb") as file:
        session = begin("-n", "1", cmd="cat; sleep 0.1", stdin=file, stderr=terminal.descriptor)
        assert session.process.wait(60) == 0
    bars = re.findall(r"\r([^\r\n]+)\x1b\[K", terminal.close())
    assert len(bars) > 1
    for bar in bars:
        assert re.fullmatch(r"\[#*-*\] +\d+%  \d+/\d+  [\d.]+/s  [01] in flight  0 retries  0 failed  ETA (\d+:\d\d|-)", bar)


# The command line

ANYWHERE = {  # option: its value, the command, what shows that it counts
    "fail-early": (True, "exit 65", lambda result, _: "exceeded" in result.stderr),
    "max-fail": ("2", "exit 65", lambda result, _: result.status == 0),
    "deadline": ("1s", "sleep 1000", lambda result, _: result.status == 124),
    "stats": ("FOLDER/stats", "cat", lambda result, folder: stats(folder / "stats")["read"] == 2),
    "progress": ("x", "cat", lambda result, _: result.status == 2 and "auto|on|off" in result.stderr),
    "keep-order": (True, 'read n; [ $n != a ] || sleep 0.5; echo $n', lambda result, _: result.stdout == b"a\nb\n"),
    "redo": ("FOLDER/missing", "cat", lambda result, _: result.status == 2 and "missing" in result.stderr),
    "coprocess-ahead": ("0", "cat", lambda result, _: result.status == 2 and "nor auto" in result.stderr),
}


@pytest.mark.parametrize("place", ["line", "environment", "file"])
@pytest.mark.parametrize("option", ANYWHERE)
def test_an_option_counts_from_any_place(batch, tmp_path, option, place):
    value, cmd, counts = ANYWHERE[option]
    value = value if value is True else value.replace("FOLDER", str(tmp_path))
    arguments, variables = [], {}
    if place == "line":
        arguments = [f"--{option}"] if value is True else [f"--{option}", value]
    elif place == "environment":
        variables[f"RUNNEL_BATCH_{option.upper().replace('-', '_')}"] = "1" if value is True else value
    else:
        file = tmp_path / "settings.toml"
        file.write_text(f"[batch]\n{option} = {'true' if value is True else repr(value)}\n", encoding="utf-8")
        arguments = ["--config", str(file)]
    assert counts(batch(b"a\nb\n", "-n", "1", "-j", "2", *arguments, cmd=cmd, env=variables), tmp_path)


@pytest.mark.parametrize("arguments, named", [
    (["-n", "0"], "--batch-size"), (["-n", "x"], "--batch-size"), (["--batch-bytes", "-1"], "--batch-bytes"),
    (["-t", "soon"], "--batch-timeout"), (["-j", "0"], "--batch-jobs"), (["--batch-retries", "-1"], "--batch-retries"),
    (["--batch-max-time", ""], "--batch-max-time"), (["--grace", "-1s"], "--grace"), (["--max-line", "x"], "--max-line"),
    (["--coprocess"], "--coprocess"), (["--coprocess", "--", "tee", "{}"], "{}"), (["cat"], "put -- in front"),
    (["--bogus"], "--bogus"), (["--coprocess=x"], "coprocess"), (["--", ""], "the command after -- is empty"),
    (["--max-fail", "x"], "--max-fail"), (["--deadline", "x"], "--deadline"), (["--coprocess-ahead", "x"], "--coprocess-ahead"),
    (["--redo", "/nowhere"], "/nowhere")])
def test_invalid_options_are_usage_errors_that_name_them(batch, arguments, named):
    result = batch(b"a\n", *arguments)
    assert result.status == 2 and named in result.stderr and result.stdout == b""


def test_options_of_the_command_are_its_own(batch):
    assert batch(b"a\n", cmd=["printf", "%s ", "-n", "--", "-j"]).stdout == b"-n -- -j "


def test_options_may_be_set_in_the_environment_and_in_a_file(batch, tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[batch]\nbatch-size = 2\nnull = true\n", encoding="utf-8")
    assert batch(b"a\0b\0c", "--config", str(file)).stdout == b'["a","b"]\n["c"]\n'
    assert batch(b"a\0b\0c", "--config", str(file), env={"RUNNEL_BATCH_BATCH_SIZE": "1"}).stdout == b'["a"]\n["b"]\n["c"]\n'
    assert batch(b"a\n", env={"RUNNEL_BATCH_BATCH_JOBS": "0"}).status == 2
