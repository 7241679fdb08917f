"""`fetch ... -- CMD`: the output goes to a command in batches."""

import json
import signal
import time

import pytest

from support.numbered import its_number, numbered, numbers_in, text
from support.pace import count, duration, memory_limit, seconds


def sorted_numbers(output):
    return sorted(numbers_in(output))


def entries(journal):
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]


def test_output_lines_go_to_the_command(fetch, server):
    result = fetch("--", "cat", input=text(numbered(server, 5)))
    assert (result.status, sorted_numbers(result.stdout)) == (0, list(range(5)))


def test_a_batch_is_as_large_as_asked_for(fetch, server):
    result = fetch("--batch-size", "4", "--", "wc", "-l", input=text(numbered(server, 10)))
    assert result.stdout == b"4\n4\n2\n"


def test_bytes_limit_a_batch(fetch, server):
    result = fetch("--batch-bytes", "6", "-j", "1", "--", "wc", "-c", input=text(numbered(server, 9)))
    assert result.stdout == b"6\n6\n6\n"


def test_a_batch_leaves_when_its_first_line_is_old_enough(start, server):
    (url,) = numbered(server, 1)
    session = start("--batch-size", "1000", "--batch-timeout", "50ms", "--", "cat")
    session.say(url)
    assert session.line() == b"0\n", "while the input is open"
    session.end_input()
    assert session.result().status == 0


def test_commands_run_in_parallel(start, server, tmp_path):
    script = f"cat >/dev/null; touch {tmp_path}/$RUNNEL_JOB_ID; while [ $(ls {tmp_path} | wc -l) -lt 3 ]; do sleep 0.01; done"
    session = start("--batch-size", "1", "--batch-jobs", "3", "--", "sh", "-c", script)
    session.feed(text(numbered(server, 3)))
    assert session.result().status == 0


def test_braces_are_replaced_with_arguments(fetch, server):
    result = fetch("-j", "1", "--batch-size", "2", "--", "echo", "got", "{}", input=text(numbered(server, 3)))
    assert result.stdout == b"got 0 1\ngot 2\n"


def test_commands_have_the_original_limit_of_open_files(shell, server):
    urls = " ".join(numbered(server, 1))
    result = shell(f"""ulimit -Sn 200; "$runnel" fetch {urls} -- sh -c 'cat >/dev/null; ulimit -Sn'""")
    assert (result.status, result.stdout) == (0, b"200\n")


def test_workers_answer_line_by_line(fetch, server):
    result = fetch("--coprocess", "--", "sed", "-u", "s/^/worker /", input=text(numbered(server, 20)))
    assert result.status == 0
    assert sorted(result.stdout.split()) == sorted([b"worker"] * 20 + [b"%d" % i for i in range(20)])


def test_without_a_command_batches_are_json(fetch, server):
    result = fetch("-j", "1", "--batch-size", "2", input=text(numbered(server, 3)))
    assert result.stdout == b'["0","1"]\n["2"]\n'


def test_records_are_lines_as_well(fetch, server):
    result = fetch("--json", "--", "jq", "-c", ".response_code", input=text(numbered(server, 3)))
    assert result.stdout == b"200\n200\n200\n"


def test_the_order_is_kept_when_asked_for(fetch, server):
    def slower_at_first(talk):
        talk.pause(0.1 if int(talk.request.query) % 4 == 0 else 0)
        its_number(talk)
    url = server.serve("/", slower_at_first)
    result = fetch("--keep-order", "--batch-size", "3", "--", "cat", input=text(f"{url}?{i}" for i in range(12)))
    assert result.stdout == b"".join(b"%d\n" % i for i in range(12))


@pytest.mark.parametrize("jobs", ["1", "8"])
@pytest.mark.parametrize("options", [["--json"], ["-w", "%{json}\\n"]], ids=lambda options: options[0])
def test_each_record_is_delivered_once_and_in_order(fetch, server, options, jobs):
    lines = numbered(server, 12)
    result = fetch(*options, "--keep-order", "-j", jobs, "--batch-size", "5", "--", "cat", input=text(lines))
    assert [json.loads(line)["input"] for line in result.lines] == list(lines)


def test_the_outputs_of_several_commands_keep_the_order_too(fetch, server):
    script = "read n; sleep 0.$(( (n * 7) % 5 )); echo $n"
    result = fetch("--keep-order", "--batch-size", "1", "--batch-jobs", "4", "--", "sh", "-c", script,
                   input=text(numbered(server, 20)))
    assert result.stdout == b"".join(b"%d\n" % i for i in range(20))


def test_lines_without_an_end_and_of_several_pieces_are_whole(fetch, server):
    def in_pieces(talk):
        talk.head({"Content-Length": 12})
        for piece in (b"on", b"e\ntw", b"o\nend"):
            talk.send(piece)
            talk.pause(0.02)
        talk.send(b"e")
    result = fetch(server.serve("/", in_pieces), "--batch-size", "1", "--", "sed", "s/.*/[&]/")
    assert result.stdout == b"[one]\n[two]\n[ende]\n"


# The results of the inputs

def test_an_input_is_delivered_when_the_command_accepted_its_last_line(start, server, tmp_path):
    journal, go = tmp_path / "journal", tmp_path / "go"
    (url,) = numbered(server, 1)
    session = start("--journal", str(journal), "--batch-size", "1", "--",
                    "sh", "-c", f"cat; echo begun >&2; while [ ! -e {go} ]; do sleep 0.01; done")
    session.feed(text([url]))
    while "begun" not in session.stderr():
        assert session.process.poll() is None
    assert entries(journal) == []
    go.touch()
    assert session.result().status == 0
    assert [entry["delivered"] for entry in entries(journal)] == [True]


def test_an_input_fails_when_any_of_its_lines_is_refused(fetch, server, tmp_path):
    journal, letters = tmp_path / "journal", tmp_path / "letters"
    good, bad = server.serve("/good", b"a\nb\n"), server.serve("/bad", b"c\nno\nd\n")
    script = 'line=$(cat); [ "$line" != no ] || exit 65; echo "$line"'
    result = fetch("-j", "1", "--journal", str(journal), "--dead-letter", str(letters), "--batch-size", "1", good, bad,
                   "--", "sh", "-c", script)
    assert (result.status, result.stdout) == (123, b"a\nb\nc\nd\n")
    assert {entry["input"]: (entry["state"], entry["error"]) for entry in entries(journal)} \
        == {good: ("delivered", None), bad: ("failed", "sink")}
    assert [json.loads(line)["line"] for line in letters.read_text(encoding="utf-8").splitlines()] == ["no"]


def test_a_refused_input_comes_again_when_resumed(fetch, server, tmp_path):
    journal = tmp_path / "journal"
    urls = numbered(server, 6)
    refuses = fetch("-j", "1", "--journal", str(journal), "--batch-size", "2", "--batch-retries", "0", "--",
                    "sh", "-c", '[ $RUNNEL_JOB_ID != 2 ]', input=text(urls))
    assert refuses.status == 123
    again = fetch("--journal", str(journal), "--resume", "--", "cat", input=text(urls))
    assert (again.status, sorted_numbers(again.stdout)) == (0, [2, 3])


def test_inputs_without_lines_are_delivered(fetch, server, tmp_path):
    journal = tmp_path / "journal"
    assert fetch("--journal", str(journal), server.serve("/", b""), "--", "cat").status == 0
    assert [entry["state"] for entry in entries(journal)] == ["delivered"]


def test_the_statistics_count_what_was_refused(fetch, server, tmp_path):
    stats = tmp_path / "stats"
    fetch("--stats", str(stats), "--batch-retries", "0", "--", "false", input=text(numbered(server, 3)))
    reported = json.loads(stats.read_text(encoding="utf-8"))
    assert (reported["delivered"], reported["failed"], reported["errors"]) == (0, 3, {"sink": 3})


def test_a_batch_is_retried(fetch, server):
    result = fetch("--", "sh", "-c", 'cat; [ "$RUNNEL_JOB_ATTEMPT" = 3 ] || exit 75', input=text(numbered(server, 3)))
    assert (result.status, sorted_numbers(result.stdout)) == (0, [0, 1, 2])


def test_retries_of_a_batch_can_be_limited(fetch, server, tmp_path):
    attempts = tmp_path / "attempts"
    result = fetch("--batch-retries", "1", "--", "sh", "-c", f"echo >>{attempts}; exit 3", input=text(numbered(server, 1)))
    assert (result.status, attempts.read_text(encoding="ascii")) == (123, "\n\n")


def test_an_attempt_can_be_limited(fetch, server):
    result = fetch("--batch-max-time", "100ms", "--batch-retries", "0", "--", "sleep", "60",
                   input=text(numbered(server, 1)))
    assert result.status == 123


def test_a_missing_command_is_reported(fetch, server):
    assert fetch("--", "/no/such/command", input=text(numbered(server, 2))).status == 127


# Back-pressure

def test_fewer_lines_than_a_batch_needs_never_wait_for_more(fetch, server):
    """More inputs than may be in memory, none of which completes a batch."""
    n = count(3000)
    result = fetch("-j", "50", "--batch-size", "1000000", "--", "wc", "-l", input=text(numbered(server, n)))
    assert (result.status, result.stdout) == (0, b"%d\n" % n)


def test_a_slow_command_holds_back_the_fetching(start, server):
    def much(talk):
        talk.keep_alive = True
        talk.reply(b"x" * 99 + b"\n" + (b"y" * 99 + b"\n") * 999)
    url = server.serve("/", much)
    session = start("-j", "8", "--batch-size", "1000", "--", "sh", "-c", "cat >/dev/null; sleep 1000")
    session.say(*[f"{url}?{i}" for i in range(500)])
    server.wait_until(lambda: len(server.requests) >= 8)
    asked, still_since = 0, time.monotonic()
    while time.monotonic() - still_since < 1:
        if len(server.requests) != asked:
            asked, still_since = len(server.requests), time.monotonic()
        time.sleep(0.05)
    assert asked < 60
    assert session.peak_memory() < memory_limit(48)
    session.signal(signal.SIGINT)
    while "again to end at once" not in session.stderr():
        assert session.process.poll() is None
    session.signal(signal.SIGINT)
    assert session.result().status == 130


def test_a_signal_lets_what_is_in_batches_be_delivered(start, server, tmp_path):
    journal = tmp_path / "journal"
    urls = numbered(server, 3)
    session = start("--journal", str(journal), "--batch-size", "1000", "--", "cat")
    session.say(*urls)
    server.wait_until(lambda: len(server.requests) == 3 and server.active == 0)
    time.sleep(0.2)
    session.signal(signal.SIGTERM)
    result = session.result()
    assert (result.status, sorted_numbers(result.stdout)) == (143, [0, 1, 2])
    assert all(entry["delivered"] for entry in entries(journal))


def test_a_deadline_ends_the_commands(fetch, server, tmp_path):
    journal = tmp_path / "journal"
    result = fetch("--journal", str(journal), "--deadline", duration(0.5), "--", "sleep", "600",
                   input=text(numbered(server, 2)), timeout=seconds(30))
    assert result.status == 124
    assert [entry["error"] for entry in entries(journal)] == ["deadline", "deadline"]


# Usage errors

@pytest.mark.parametrize("options, reported", [
    (["--raw", "--batch-size", "2"], "--raw"),
    (["--dead-letter", "letters"], "--dead-letter"),
    (["--coprocess"], "--coprocess"),
    (["--", "http://127.0.0.1:9/"], "put URLs before it"),
    (["--coprocess", "--", "cat", "{}"], "--coprocess"),
])
def test_invalid_options_are_refused(fetch, options, reported):
    result = fetch("http://127.0.0.1:9/", *options)
    assert result.status == 2
    assert reported in result.stderr


def test_the_journal_agrees_with_what_a_stopped_run_printed(start, server, tmp_path):
    """Batches that are accepted, but not yet taken by the reader of stdout, when the run is stopped."""
    journal = tmp_path / "journal"
    accepted = tmp_path / "accepted"
    number = 20
    server.serve_elsewhere(lambda talk: talk.reply(talk.request.path[1:].encode() + b" " + b"x" * 10_000 + b"\n"))
    session = start("--journal", str(journal), "--batch-size", "1", "--batch-jobs", "4", "--grace", duration(0.2),
                    "--", "sh", "-c", f"cat; echo >> '{accepted}'")
    session.feed("".join(server.url(f"/{n}") + "\n" for n in range(number)).encode())
    limit = time.monotonic() + seconds(30)
    while not accepted.exists() or accepted.stat().st_size < number:
        assert time.monotonic() < limit
        time.sleep(0.01)
    time.sleep(seconds(0.5))
    session.signal(signal.SIGTERM)
    time.sleep(seconds(0.4))
    result = session.result()
    assert result.status == 143
    printed = sorted(int(line.split()[0]) for line in result.lines if line.endswith(b"x\n"))
    kept = sorted(int(entry["input"].rpartition("/")[2]) for entry in entries(journal) if entry["delivered"])
    assert kept == printed
