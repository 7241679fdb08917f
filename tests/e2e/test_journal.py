"""`--journal` and `--resume`: what was delivered is known, whatever ended the run."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
from collections import Counter

import pytest

from support import tool
from support.numbered import numbered, numbers_in, text
from support.pace import count, seconds


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


def entries(journal):
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]


def delivered(journal):
    return sorted(entry["input"] for entry in entries(journal) if entry["delivered"])


def fails_at_first(bad):
    """The inputs of `bad` fail as many times as given."""
    left = Counter(bad)

    def answer(talk):
        talk.keep_alive = True
        if left[talk.request.query] > 0:
            left[talk.request.query] -= 1
            talk.reply(b"no\n", status=404)
        else:
            talk.reply(talk.request.query.encode() + b"\n")
    return answer


# What is written

def test_every_input_has_an_entry(fetch, server, journal):
    good, bad = server.serve("/good", b"yes\n"), server.url("/bad")
    result = fetch("--journal", str(journal), input=text([good, bad, "nonsense"]))
    assert (result.status, result.stdout) == (1, b"yes\n")
    found = {entry["input"]: (entry["state"], entry["error"], entry["delivered"]) for entry in entries(journal)}
    assert found == {good: ("delivered", None, True), bad: ("failed", "http_status", False),
                     "nonsense": ("failed", "bad_input", False)}


def test_an_entry_is_the_record_and_more(fetch, server, journal):
    result = fetch("--journal", str(journal), "--json", "--body", server.serve("/", b"held\n"))
    (entry,) = entries(journal)
    assert entry.pop("delivered") is True
    assert len(entry.pop("identity")) == 32
    assert entry.pop("occurrence") == 1
    assert len(entry.pop("checksum")) == 16
    record = json.loads(result.stdout)
    assert record.pop("response_body") == "held\n"
    assert entry == record


def test_an_entry_is_written_when_its_input_is_delivered_and_not_at_the_end(start, server, journal):
    first = server.serve("/first", b"one\n")
    second = server.serve("/second", lambda talk: talk.hang())
    session = start("--journal", str(journal), first, second)
    assert session.line() == b"one\n"
    server.wait_until(lambda: server.active == 1)
    while not delivered(journal):
        assert session.process.poll() is None
    assert delivered(journal) == [first]


def test_entries_get_safe_in_groups(server, journal, tmp_path):
    """fdatasync is called while the run continues."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("no strace")
    first = server.serve("/first", b"one\n")
    last = server.serve("/last", lambda talk: talk.hang())
    trace = tmp_path / "trace"
    session = tool.Session([strace, "-f", "-qq", "-e", "trace=fdatasync", "-o", str(trace), tool.binary(), "fetch",
                            "--journal", str(journal), first, last])
    try:
        assert session.line() == b"one\n"
        while "fdatasync(" not in (trace.read_text(encoding="ascii") if trace.exists() else ""):
            assert session.process.poll() is None
    finally:
        session.close()


# What is resumed

def test_what_was_delivered_is_skipped_in_whatever_order(fetch, server, journal):
    urls = numbered(server, 30)
    assert fetch("--journal", str(journal), input=text(urls[:20])).status == 0
    shuffled = random.Random(3).sample(urls, len(urls))
    result = fetch("--journal", str(journal), "--resume", "-v", input=text(shuffled))
    assert result.status == 0
    assert sorted(numbers_in(result.stdout)) == list(range(20, 30))
    assert "20 skipped" in result.stderr
    assert len(server.requests) == 30


def test_failed_inputs_are_retried(fetch, server, journal):
    url = server.serve("/", fails_at_first({"1": 1, "2": 2}))
    urls = [f"{url}?{i}" for i in range(4)]
    outputs = [fetch("--journal", str(journal), "--resume", input=text(urls)) for _ in range(3)]
    assert [sorted(numbers_in(result.stdout)) for result in outputs] == [[0, 3], [1], [2]]
    assert [result.status for result in outputs] == [1, 1, 0]


def test_without_resume_everything_is_fetched_again(fetch, server, journal):
    urls = numbered(server, 3)
    for _ in range(2):
        assert len(fetch("--journal", str(journal), input=text(urls)).lines) == 3
    assert len(entries(journal)) == 6


def test_equal_inputs_are_counted(fetch, server, journal):
    (url,) = numbered(server, 1)
    assert len(fetch("--journal", str(journal), input=text([url] * 3)).lines) == 3
    assert sorted(entry["occurrence"] for entry in entries(journal)) == [1, 2, 3]
    assert len(fetch("--journal", str(journal), "--resume", input=text([url] * 5)).lines) == 2


def test_method_body_and_id_make_inputs_different(fetch, server, journal):
    (url,) = numbered(server, 1)
    inputs = [{"url": url}, {"url": url, "id": 1}, {"url": url, "method": "POST", "body": "x"},
              {"url": url, "method": "POST", "body": "y"}]
    lines = [json.dumps(one) for one in inputs]
    assert len(fetch("--journal", str(journal), input=text(lines)).lines) == 4
    assert len({entry["identity"] for entry in entries(journal)}) == 4
    result = fetch("--journal", str(journal), "--resume", input=text([*lines, url, json.dumps({"url": url, "id": 2})]))
    assert len(result.lines) == 2, "the bare URL is the first input once more, and the other is new"


def test_the_statistics_count_what_was_skipped(fetch, server, journal, tmp_path):
    urls = numbered(server, 5)
    fetch("--journal", str(journal), input=text(urls[:2]))
    stats = tmp_path / "stats"
    fetch("--journal", str(journal), "--resume", "--stats", str(stats), input=text(urls))
    reported = json.loads(stats.read_text(encoding="utf-8"))
    assert (reported["read"], reported["skipped"], reported["delivered"]) == (5, 2, 3)


def test_nothing_is_lost_when_a_run_is_killed(server, journal, tmp_path):
    """What was printed whole may exceed the entries of the journal by at most the number of inputs in flight."""
    urls, jobs = numbered(server, count(1500)), 20
    output = tmp_path / "output"
    chance = random.Random(11)
    killed = 0
    for _ in range(60):
        feed = text(chance.sample(urls, len(urls)))
        with open(output, "ab") as out:
            session = tool.Session([tool.binary(), "fetch", "-j", str(jobs), "--journal", str(journal), "--resume"],
                                   stdout=out)
        try:
            seen = len(server.requests)
            target = seen + chance.randrange(1, max(2, len(urls) // 8))
            session.process.stdin.write(feed)
            session.process.stdin.close()
            while len(server.requests) < target and session.process.poll() is None:
                pass
            session.signal(signal.SIGKILL)
            session.process.wait()
            killed += session.process.returncode == -signal.SIGKILL
        finally:
            session.close()
        whole = output.read_bytes().rpartition(b"\n")[0]
        unknown = len(numbers_in(whole)) - len(delivered_so_far(journal))
        assert 0 <= unknown <= (killed + 1) * 2 * jobs
        if session.process.returncode == 0:
            break
    assert killed > 3
    final = subprocess.run([tool.binary(), "fetch", "--journal", str(journal), "--resume"], input=text(urls),
                           stdout=subprocess.PIPE, timeout=seconds(60), check=True)
    printed = Counter(numbers_in(output.read_bytes() + final.stdout))
    assert set(printed) == set(range(len(urls)))


def delivered_so_far(journal):
    lines = journal.read_text(encoding="utf-8").split("\n")[:-1]
    return [line for line in lines if '"delivered":true' in line]


def test_what_stdout_did_not_take_is_not_delivered(start, server, journal):
    """The reader takes one line and exits."""
    urls = numbered(server, 400)
    session = start("-j", "4", "--journal", str(journal))
    session.say(urls[0])
    assert session.line() == b"0\n"
    session.go_away()
    session.feed(text(urls[1:]))
    assert session.result().status == 141
    assert delivered(journal) == [urls[0]]


def test_a_signal_leaves_what_was_not_delivered_for_later(start, fetch, server, journal):
    done = server.serve("/done", b"done\n")
    hangs = server.serve("/hangs", lambda talk: talk.hang())
    session = start("--grace", "100ms", "--journal", str(journal), done, hangs)
    assert session.line() == b"done\n"
    session.signal(signal.SIGTERM)
    assert session.result().status == 143
    assert {entry["input"]: entry["state"] for entry in entries(journal)} == {done: "delivered", hangs: "cancelled"}
    server.serve("/hangs", b"now\n")
    assert fetch("--journal", str(journal), "--resume", done, hangs).stdout == b"now\n"


# Errors of the file

def test_a_torn_end_is_cut_and_reported(fetch, server, journal):
    urls = numbered(server, 3)
    fetch("-j", "1", "--journal", str(journal), input=text(urls))
    os.truncate(journal, journal.stat().st_size - 10)
    result = fetch("--journal", str(journal), "--resume", input=text(urls))
    assert (result.status, result.stdout) == (0, b"2\n")
    assert "removed" in result.stderr and str(journal) in result.stderr
    assert len(delivered(journal)) == 3


def test_damage_is_refused_before_anything_is_fetched(fetch, server, journal):
    urls = numbered(server, 3)
    fetch("--journal", str(journal), input=text(urls))
    damaged = journal.read_bytes().replace(b"delivered", b"delayed!!", 1)
    journal.write_bytes(damaged)
    asked = len(server.requests)
    result = fetch("--journal", str(journal), "--resume", input=text(urls))
    assert result.status == 2
    assert f"{journal}:1:" in result.stderr
    assert (journal.read_bytes(), len(server.requests)) == (damaged, asked)


def test_a_file_that_is_not_a_journal_is_not_changed(fetch, server, tmp_path):
    (url,) = numbered(server, 1)
    file = tmp_path / "urls"
    file.write_bytes(text([url]))
    assert fetch("--journal", str(file), url).status == 2
    assert file.read_bytes() == text([url])
    assert not server.requests


def test_two_runs_cannot_have_the_same_journal(start, fetch, server, journal):
    hangs = server.serve("/hangs", lambda talk: talk.hang())
    (url,) = numbered(server, 1)
    start("--journal", str(journal), hangs)
    server.wait_until(lambda: server.active == 1)
    before = journal.read_bytes()
    result = fetch("--journal", str(journal), url)
    assert result.status == 74
    assert "in use by another run" in result.stderr
    assert (journal.read_bytes(), len(server.requests)) == (before, 1)


@pytest.mark.parametrize("name", ["/dev/full", "/nowhere/journal", "/"])
def test_a_journal_that_cannot_be_written_is_reported_at_the_start(fetch, server, name):
    (url,) = numbered(server, 1)
    result = fetch("--journal", name, url)
    assert result.status == 74
    assert name in result.stderr
    assert not server.requests


@pytest.mark.parametrize("options, fill, reported", [
    ("ro", "true", "Read-only file system"),
    ("size=64k", "head -c 60000 /dev/zero >full", "No space left on device"),
])
def test_a_full_file_system_is_reported_at_the_start(shell, server, tmp_path, options, fill, reported):
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    (url,) = numbered(server, 1)
    script = f"mount -t tmpfs -o {options} none {tmp_path} && cd {tmp_path} && {fill} && $runnel fetch --journal j {url}"
    result = shell(f"unshare -m sh -c '{script}'")
    if "mount:" in result.stderr or "unshare:" in result.stderr:
        pytest.skip("may not mount here")
    assert result.status == 74
    assert reported in result.stderr
    assert not server.requests


def test_a_journal_that_cannot_be_written_any_more_ends_the_run(server, journal):
    urls = numbered(server, count(5000))

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200 << 10, 200 << 10))
    ended = subprocess.run([tool.binary(), "fetch", "--journal", str(journal)], input=text(urls),
                           capture_output=True, preexec_fn=small_files, timeout=seconds(60), check=False)
    assert ended.returncode == 74
    assert str(journal) in ended.stderr.decode()
    assert len(server.requests) < len(urls)
    # Its entries are usable by the next run.
    final = subprocess.run([tool.binary(), "fetch", "--journal", str(journal), "--resume"], input=text(urls),
                           stdout=subprocess.PIPE, timeout=seconds(60), check=True)
    assert set(numbers_in(ended.stdout + final.stdout)) == set(range(len(urls)))


def test_resuming_needs_a_journal(runnel):
    for command in ("fetch", "batch"):
        result = runnel(command, "--resume")
        assert result.status == 2
        assert "--journal" in result.stderr


# Batches of lines

def lines(last):
    return "".join(f"{n}\n" for n in range(last)).encode()


def test_lines_of_accepted_batches_are_not_given_again(runnel, journal):
    first = runnel("batch", "-n", "3", "--journal", str(journal), "--", "sh", "-c", "cat", input=lines(7))
    assert first.stdout == lines(7)
    again = runnel("batch", "-n", "3", "--journal", str(journal), "--resume", "--", "cat", input=lines(10))
    assert numbers_in(again.stdout) == [7, 8, 9]
    assert [entry["type"] for entry in entries(journal)] == ["line"] * 10


def test_lines_of_rejected_batches_are_given_again(runnel, journal):
    refuse = 'input=$(cat); case "$input" in *4*) exit 65;; *) echo "$input";; esac'
    first = runnel("batch", "-n", "2", "--journal", str(journal), "--", "sh", "-c", refuse, input=lines(8))
    assert (first.status, numbers_in(first.stdout)) == (123, [0, 1, 2, 3, 6, 7])
    reported = {entry["input"]: (entry["state"], entry["error"]) for entry in entries(journal)}
    assert reported["4"] == reported["5"] == ("failed", "sink")
    again = runnel("batch", "--journal", str(journal), "--resume", "--", "cat", input=lines(8))
    assert numbers_in(again.stdout) == [4, 5]


@pytest.mark.parametrize("how", [["--", "cat"], ["--coprocess", "--", "cat"], []])
def test_a_killed_batch_run_loses_no_line(journal, tmp_path, how):
    n, output, chance = count(20000), tmp_path / "output", random.Random(5)
    for _ in range(8):
        with open(output, "ab") as out:
            session = tool.Session([tool.binary(), "batch", "-n", "50", "-j", "2", "--journal", str(journal), "--resume",
                                    *how], stdout=out)
        try:
            session.feed(lines(chance.randrange(1, n)))
            session.signal(signal.SIGKILL)
            session.process.wait()
        finally:
            session.close()
    final = subprocess.run([tool.binary(), "batch", "-n", "50", "--journal", str(journal), "--resume", *how],
                           input=lines(n), stdout=subprocess.PIPE, timeout=seconds(60), check=True)
    printed = output.read_bytes() + final.stdout
    assert (numbers_in_arrays(printed) if not how else set(numbers_in(printed))) >= set(range(n))


def numbers_in_arrays(output):
    """Lines of whole arrays: a kill may leave the beginning of one, after which another run writes its own."""
    found = set()
    for line in output.split(b"\n"):
        begin = line.rfind(b"[")
        if begin >= 0 and line.endswith(b'"]'):
            found.update(int(number) for number in json.loads(line[begin:]))
    return found
