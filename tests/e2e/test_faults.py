"""Each fault has its class, and does not affect other inputs."""

import itertools
import signal
import time

import pytest

from support.faults import FAULTS, TEXT, Places, gzip, head, raw, redirect, silent, then_reset
from support.pace import SLOW, duration, seconds

LIMITS = ("--max-body", "1M", "--connect-timeout", duration(0.5), "--idle-timeout", duration(2.5), "-m", duration(5))
SLOWNESS = {"idle", "timeout"}


@pytest.fixture
def places(server, secure_server):
    everywhere = Places(server, secure_server)
    yield everywhere
    everywhere.close()


def errors_by_path(result):
    return {record["url"].rpartition("/")[2]: record["error"] for record in result.records}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_class_and_the_input_beside_it_is_delivered(fetch, server, places, resolver, name):
    fault = FAULTS[name]
    good, bad = server.serve("/good", b"good\n"), fault.place(places, "/bad")
    result = fetch("--json", "--retry", "0", *fault.options, input=f"{bad}\n{good}\n".encode(), env=resolver)
    records = {record["input"]: record for record in result.records}
    assert len(result.records) == 2
    assert records[bad]["error"] in fault.errors
    assert (records[bad]["state"], records[bad]["ok"]) == ("failed", False)
    assert records[bad]["errormsg"]
    assert records[good]["ok"], records[good]
    assert result.status == 1
    assert result.seconds < seconds(5)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_prints_no_unfinished_line_and_is_reported_with_its_url(fetch, server, places, resolver, name):
    fault = FAULTS[name]
    good, bad = server.serve("/good", b"good\n"), fault.place(places, "/bad")
    result = fetch("--tag", "--retry", "0", *fault.options, input=f"{good}\n{bad}\n".encode(), env=resolver)
    printed = [line.partition(b"\t") for line in result.lines]
    assert (good.encode(), b"\t", b"good\n") in printed
    assert b"thr\n" not in [text for _, _, text in printed]
    assert bad in result.stderr
    assert result.status == 1


@pytest.mark.parametrize("option, name", [
    ("-m", "silence, time limit"), ("--connect-timeout", "connection never made"),
    ("--idle-timeout", "silence, idle timeout"), ("--idle-timeout", "silence in the body")], ids=str)
def test_a_time_limit_is_kept(fetch, places, option, name):
    url = FAULTS[name].place(places, "/bad")
    total = fetch("--json", option, "400ms", url).record["time_total"]
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


def test_all_faults_at_once_have_one_record_each(fetch, server, places, resolver):
    urls = {name: fault.place(places, f"/{number}") for number, (name, fault) in enumerate(FAULTS.items())}
    good = server.serve("/good", b"good\n")
    given = [url for bad in urls.values() for url in (bad, good)]
    result = fetch("--json", *LIMITS, "-j", "100", input="\n".join(given).encode(), env=resolver, timeout=60)

    errors = {}
    for record in result.records:
        errors.setdefault(record["input"], []).append(record["error"])
    assert errors[good] == [None] * len(FAULTS)
    for name, fault in FAULTS.items():
        allowed = SLOWNESS.union(fault.errors) if SLOWNESS & set(fault.errors) else set(fault.errors)
        assert len(errors[urls[name]]) == 1 and errors[urls[name]][0] in allowed, name
    assert len(result.records) == len(given)
    assert result.status == 1


def test_a_truncated_body_has_printed_its_complete_lines_and_not_the_unfinished_one(fetch, server):
    url = server.serve("/cut", raw(head("Content-Length: 100"), TEXT))
    result = fetch(url)
    assert (result.status, result.stdout) == (1, b"one\ntwo\n")
    assert url in result.stderr


def test_a_reset_body_has_printed_its_complete_lines_and_not_the_unfinished_one(fetch, server):
    result = fetch(server.serve("/cut", then_reset(head("Content-Length: 100"), TEXT)))
    assert (result.status, result.stdout) == (1, b"one\ntwo\n")


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


def test_a_compressed_body_is_asked_for_and_unpacked(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(gzip([b"one\n", b"two\n"]), headers={"Content-Encoding": "gzip"}))
    assert fetch(url).stdout == b"one\ntwo\n"
    assert "gzip" in server.requests[0].headers["accept-encoding"]


def test_a_redirect_to_a_file_does_not_read_it(fetch, server):
    result = fetch(server.serve("/", redirect("file:///etc/passwd")))
    assert (result.status, result.stdout) == (1, b"")


@pytest.mark.parametrize("pause", [0, 0.05], ids=["with the headers", "after the headers"])
def test_surplus_bytes_after_a_body_are_no_part_of_it_and_no_answer_to_the_next_request(fetch, server, pause):
    def answer(talk):
        if talk.request.query == "2":
            return talk.reply(b"right\n")
        talk.head({"Content-Length": 5})
        talk.pause(pause)
        talk.send(b"good\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevil\n")
        talk.hang()
    url = server.serve("/", answer)
    result = fetch("-j", "1", f"{url}?1", f"{url}?2")
    assert (result.status, result.stdout) == (0, b"good\nright\n")


def test_names_resolve_once_they_can(fetch, server, resolver):
    server.serve("/good", b"good\n")
    result = fetch("--json", server.url("/good", "some.test"), env=resolver)
    assert result.record["remote_ip"] == "127.0.0.1" and result.status == 0
    assert server.requests[0].headers["host"] == f"some.test:{server.port}"


def test_a_name_that_hangs_does_not_delay_the_others(start, server, resolver):
    server.serve("/good", b"good\n")
    answering = [server.url("/good", f"host{n}.test") for n in range(20)]
    session = start(server.url("/", "hang.test"), *answering, env=resolver)
    assert [session.line(5) for _ in range(20)] == [b"good\n"] * 20


def test_thirty_names_that_hang_do_not_delay_the_others(start, server, resolver):
    server.serve("/good", b"good\n")
    hanging = [server.url("/", f"hang{n}x.test") for n in range(30)]
    session = start(*hanging, *[server.url("/good", f"host{n}.test") for n in range(20)], env=resolver)
    assert [session.line(5) for _ in range(20)] == [b"good\n"] * 20


def test_a_certificate_that_is_not_trusted_gets_no_request(fetch, secure_server):
    assert fetch(secure_server.serve("/", b"secret\n")).status == 1
    assert not secure_server.requests


def never_ending(status, headers=None):
    """A handler whose body arrives byte by byte without an end."""
    def answer(talk):
        talk.head({"Transfer-Encoding": "chunked"} | (headers or {}), status)
        for _ in itertools.takewhile(lambda _: not talk.server.stopping.is_set(), itertools.count()):
            talk.chunk(b"x")
            talk.pause(0.3)
    return answer


def test_an_unexpected_endless_body_does_not_delay_its_record(fetch, server):
    good, bad = server.serve("/good", b"good\n"), server.serve("/bad", never_ending(404))
    result = fetch("--json", bad, good)
    records = {record["input"]: record for record in result.records}
    assert (records[bad]["error"], records[bad]["response_code"]) == ("http_status", 404)
    assert records[good]["ok"]
    assert (len(result.records), result.status) == (2, 1)
    assert result.seconds < seconds(5)


def test_a_redirect_whose_body_never_ends_is_followed(fetch, server):
    good = server.serve("/good", b"good\n")
    moved = server.serve("/moved", never_ending(302, {"Location": good}))
    result = fetch("--json", moved, good)
    records = {record["input"]: record for record in result.records}
    assert (records[moved]["ok"], records[moved]["num_redirects"]) == (True, 1)
    assert records[good]["ok"]
    assert (len(result.records), result.status) == (2, 0)
    assert result.seconds < seconds(5)


@pytest.mark.parametrize("line", ["HTTP/1.1  200 OK", "http/1.1 200 OK", "HTTP/1.1 200"])
def test_a_slightly_wrong_status_line_is_accepted(fetch, server, line):
    url = server.serve("/", raw(f"{line}\r\nContent-Length: 5\r\n\r\ngood\n".encode()))
    result = fetch("--json", "-m", duration(5), url)
    assert (result.record["error"], result.record["response_code"], result.status) == (None, 200, 0)
    assert fetch("-m", duration(5), url).stdout == b"good\n"


def test_unrequested_switching_protocols_neither_hangs_nor_affects_others(fetch, server):
    good = server.serve("/good", b"good\n")
    start = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
    bad = server.serve("/bad", silent(start, b"x" * 300_000))
    result = fetch("--json", "-m", duration(1), bad, good)
    assert sorted(record["input"] for record in result.records) == sorted([bad, good])
    assert all(record["ok"] for record in result.records if record["input"] == good)
    assert result.status in (0, 1)
    assert result.seconds < seconds(5)


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
