"""Responses over HTTP/1.1 that are late, malformed, or end too early."""

import pytest

from faults import http1
from faults.trial import Beside
from support.faults import TEXT, head, never_ending, raw, silent, then_reset
from support.pace import duration, seconds


class TestFaults(Beside):
    FAULTS = http1.FAULTS


def test_a_truncated_body_has_printed_its_complete_lines_and_not_the_unfinished_one(fetch, server):
    url = server.serve("/cut", raw(head("Content-Length: 100"), TEXT))
    result = fetch(url)
    assert (result.status, result.stdout) == (1, b"one\ntwo\n")
    assert url in result.stderr


def test_a_reset_body_has_printed_its_complete_lines_and_not_the_unfinished_one(fetch, server):
    result = fetch(server.serve("/cut", then_reset(head("Content-Length: 100"), TEXT)))
    assert (result.status, result.stdout) == (1, b"one\ntwo\n")


@pytest.mark.parametrize("pause", [0, 0.05], ids=["with the headers", "after the headers"])
def test_surplus_bytes_after_a_body_are_not_part_of_it_and_do_not_answer_the_next_request(fetch, server, pause):
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


def test_an_unexpected_endless_body_does_not_delay_its_record(fetch, server):
    good, bad = server.serve("/good", b"good\n"), server.serve("/bad", never_ending(404))
    result = fetch("--json", bad, good)
    records = {record["input"]: record for record in result.records}
    assert (records[bad]["error"], records[bad]["response_code"]) == ("http_status", 404)
    assert records[good]["ok"]
    assert (len(result.records), result.status) == (2, 1)
    assert result.seconds < seconds(5)


@pytest.mark.parametrize("line", ["http/1.1 200 OK", "HTTP/1.1 200"])
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
