"""Standard input and output of every kind: closed, full, without a reader, a terminal, a socket, non-blocking, slow."""

import contextlib
import fcntl
import os
import pty
import re
import socket
import subprocess
import threading
import time

import pytest

from support.pace import count, seconds

MANY_LINES = b"".join(b"line %06d of a long response\n" % n for n in range(20_000))


@pytest.fixture
def ok(server):
    return server.serve("/ok", b"good\n")


@contextlib.contextmanager
def pipe():
    """A pipe's reading and writing end."""
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as consumer, open(writing, "wb", buffering=0) as producer:
        yield consumer, producer


def flags_of(end):
    return fcntl.fcntl(end, fcntl.F_GETFL)


def read_exactly(end, size, piece=1 << 16, pause=0.0):
    """`size` bytes, or everything until the end."""
    data = bytearray()
    while len(data) < size and (more := os.read(end.fileno(), min(piece, size - len(data)))):
        data += more
        time.sleep(pause)
    return bytes(data)


def test_a_reader_that_exits_ends_the_run_quietly_with_141(shell, ok):
    result = shell('yes "$url" | "$runnel" fetch | (head -1; date +%s.%N >&2);'
                   ' echo "${PIPESTATUS[1]}"; date +%s.%N >&2', url=ok)
    assert result.stdout == b"good\n141\n"
    enough, end = map(float, result.stderr.split())
    assert end - enough < seconds(1)


def test_a_reader_that_goes_away_is_noticed_while_waiting_for_input(start, ok):
    session = start()
    session.say(ok)
    assert session.line() == b"good\n"
    session.go_away()
    result = session.ends_within(1)
    assert (result.status, result.stderr) == (141, "")


def test_a_reader_that_goes_away_before_the_first_input_is_noticed(start):
    session = start()
    time.sleep(seconds(0.3))
    session.go_away()
    assert session.ends_within(1).status == 141


def test_a_reader_that_goes_away_is_noticed_while_waiting_for_a_server(start, server):
    session = start(server.serve("/", lambda talk: talk.hang()))
    server.wait_until(lambda: server.active)
    session.go_away()
    assert session.ends_within(1).status == 141


def test_a_reader_that_goes_away_in_the_middle_of_much_output_is_noticed(start, server):
    session = start(*[server.serve("/", MANY_LINES)] * 20)
    session.line()
    session.go_away()
    result = session.ends_within(1)
    assert (result.status, result.stderr) == (141, "")


@pytest.mark.parametrize("inputs", [1, 50])
@pytest.mark.parametrize("mode", ["--lines", "--json"])
def test_a_full_disk_is_reported_once_with_74(shell, ok, inputs, mode):
    result = shell('yes "$url" | head -$inputs | "$runnel" fetch $mode > /dev/full',
                   url=ok, inputs=str(inputs), mode=mode)
    assert result.status == 74
    assert len(result.stderr.splitlines()) == 1
    assert re.search("no space left|full", result.stderr, re.IGNORECASE)


def test_a_full_disk_ends_the_run_while_the_input_stays_open(start, ok):
    with open("/dev/full", "wb") as full:
        session = start(stdout=full)
    session.say(ok)
    assert session.result().status == 74


def test_a_closed_stdout_is_reported_once_with_74_and_nothing_is_started(shell, server, ok):
    result = shell('"$runnel" fetch "$url" >&-', url=ok)
    assert result.status == 74
    assert len(result.stderr.splitlines()) == 1
    assert not server.requests


@pytest.mark.parametrize("asked", ["help", "--help", "--version", "fetch --help", "ip --list-providers"])
def test_a_text_that_cannot_be_printed_is_74(shell, asked):
    result = shell(f'"$runnel" {asked} >&-')
    assert (result.status, result.stdout) == (74, b"")
    assert "stdout is closed" in result.stderr


def test_a_closed_stdin_is_an_empty_one(shell):
    result = shell('"$runnel" fetch <&-')
    assert (result.status, result.stdout) == (0, b"")


def test_a_closed_stdin_does_not_matter_to_arguments(shell, ok):
    result = shell('"$runnel" fetch "$url" <&-', url=ok)
    assert (result.status, result.stdout) == (0, b"good\n")


def test_a_closed_stderr_does_not_matter_to_the_data(shell, server, ok):
    result = shell('"$runnel" fetch "$url" "$gone" 2>&-', url=ok, gone=server.url("/gone"))
    assert (result.status, result.stdout) == (1, b"good\n")


def test_all_descriptors_closed_end_with_74(shell, ok):
    assert shell('"$runnel" fetch "$url" <&- >&- 2>&-', url=ok).status == 74


def test_dev_null_as_stdin_is_an_empty_one(shell):
    result = shell('"$runnel" fetch </dev/null')
    assert (result.status, result.stdout, result.stderr) == (0, b"", "")


def test_a_stdin_open_for_writing_only_is_an_error_and_not_a_hang(shell, tmp_path):
    assert shell('"$runnel" fetch 0>"$file"', file=str(tmp_path / "file")).status != 0


def test_a_directory_as_stdin_is_an_error_and_not_a_success(shell):
    assert shell('"$runnel" fetch < /').status != 0


def test_a_socket_as_stdin(start, ok):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        session = start(stdin=theirs)
        theirs.close()
        ours.sendall(f"{ok}\n".encode())
        assert session.line() == b"good\n"
        ours.sendall(f"{ok}\n".encode())
        ours.shutdown(socket.SHUT_WR)
        result = session.result()
    assert (result.status, result.stdout) == (0, b"good\n" * 2)


@pytest.fixture
def terminal():
    try:
        ours, theirs = pty.openpty()
    except OSError:
        pytest.skip("this system gives no pseudo-terminals")
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_a_terminal_as_stdin_takes_typed_lines_until_control_d(start, terminal, ok):
    keyboard, tty = terminal
    session = start(stdin=tty)
    os.write(keyboard, f"{ok}\n".encode())
    assert session.line() == b"good\n"
    os.write(keyboard, b"\x04")
    result = session.result()
    assert (result.status, result.stdout) == (0, b"good\n")


def test_a_terminal_as_stdin_without_input_gets_a_hint_of_one_line(start, terminal):
    keyboard, tty = terminal
    session = start(stdin=tty)
    give_up = time.monotonic() + seconds(10)
    while not session.stderr().endswith("\n") and time.monotonic() < give_up:
        time.sleep(0.02)
    os.write(keyboard, b"\x04")
    result = session.result()
    assert len(result.stderr.splitlines()) == 1
    assert (result.status, result.stdout) == (0, b"")


def test_a_file_that_was_half_read_is_read_on_from_there(start, tmp_path, ok):
    urls = tmp_path / "urls"
    first = f"{ok}?0\n".encode()
    urls.write_bytes(first + b"".join(f"{ok}?{n}\n".encode() for n in range(1, 9)))
    descriptor = os.open(urls, os.O_RDONLY)
    try:
        assert os.read(descriptor, len(first)) == first
        result = start("--json", stdin=descriptor).result()
    finally:
        os.close(descriptor)
    assert sorted(record["input"] for record in result.records) == [f"{ok}?{n}" for n in range(1, 9)]


@pytest.mark.parametrize("flags", [0, os.O_NONBLOCK], ids=["blocking", "non-blocking"])
def test_stdin_and_stdout_keep_their_flags_and_work_with_them(start, server, flags):
    url = server.serve("/", MANY_LINES)
    with pipe() as (stdin, producer), pipe() as (consumer, stdout):
        for end in (stdin, stdout):
            fcntl.fcntl(end, fcntl.F_SETFL, flags_of(end) | flags)
        before = [flags_of(stdin), flags_of(stdout)]
        session = start(stdin=stdin, stdout=stdout)
        time.sleep(0.2)  # there is nothing to read,
        with producer:
            producer.write(f"{url}\n".encode())
        time.sleep(0.5)  # and then no space to write
        output = read_exactly(consumer, len(MANY_LINES))
        assert session.result().status == 0
        assert [flags_of(stdin), flags_of(stdout)] == before
        assert output == MANY_LINES


def test_a_slow_reader_with_a_small_pipe_gets_every_byte(start, server):
    with pipe() as (consumer, stdout):
        fcntl.fcntl(stdout, fcntl.F_SETPIPE_SZ, 4096)
        session = start(server.serve("/", MANY_LINES), stdout=stdout)
        stdout.close()
        slowly = read_exactly(consumer, 100_003, piece=1009, pause=0.005)
        assert slowly + read_exactly(consumer, len(MANY_LINES)) == MANY_LINES
        assert session.result().status == 0


def test_every_byte_arrives_in_a_file(start, server, tmp_path):
    urls = [server.serve("/", MANY_LINES)] * 10
    with open(tmp_path / "out", "wb") as out:
        assert start(*urls, stdout=out).result().status == 0
    assert sorted((tmp_path / "out").read_bytes().split(b"\n")) == sorted((MANY_LINES * 10).split(b"\n"))


def test_output_is_appended_with_a_shells_append(shell, tmp_path, ok):
    out = tmp_path / "out"
    out.write_bytes(b"before\n")
    assert shell('"$runnel" fetch "$url" >> "$out"', url=ok, out=str(out)).status == 0
    assert out.read_bytes() == b"before\ngood\n"


def test_a_socket_as_stdout(start, server):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        session = start(server.serve("/", MANY_LINES), stdout=theirs)
        theirs.close()
        assert read_exactly(ours, len(MANY_LINES)) == MANY_LINES
        assert session.result().status == 0


def test_stdout_and_stderr_may_be_one_pipe(shell, server, ok):
    result = shell('"$runnel" fetch "$gone" "$url" 2>&1', url=ok, gone=server.url("/gone"))
    assert b"good\n" in result.lines
    assert server.url("/gone").encode() in result.stdout


def test_many_producers_writing_parts_of_lines_at_their_own_pace(start, ok):
    """The lines arrive in pieces of every size; none is lost, none is read twice."""
    total = count(2000)
    text = b"".join(f"{ok}?{n}\n".encode() for n in range(total))
    session = start("--json")

    def feed():
        with session.stdin as stdin:
            for at in range(0, len(text), 1013):
                os.write(stdin.fileno(), text[at:at + 1013])
    producer = threading.Thread(target=feed)
    producer.start()
    result = session.result(60)
    producer.join()
    assert sorted(record["line"] for record in result.records) == list(range(1, total + 1))
    assert result.status == 0


def test_the_next_program_in_the_shell_reads_what_the_tool_left(shell, ok):
    """A stdin that is not an input is left unread for the next command."""
    result = shell('"$runnel" fetch "$url"; cat', input=b"for cat\n", url=ok)
    assert result.stdout == b"good\nfor cat\n"


def test_a_process_in_the_background_does_not_keep_the_pipe_open(start, ok):
    session = start(ok, stdin=subprocess.DEVNULL)
    assert session.result().stdout == b"good\n"
