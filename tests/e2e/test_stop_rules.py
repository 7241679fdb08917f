"""`--fail-early` and `--max-fail`: when failures end a run, and when they are allowed."""

import json

import pytest

from support.pace import count, duration


def good_or_bad(talk):
    talk.keep_alive = True
    bad = talk.request.query.startswith("bad")
    talk.reply(b"no\n" if bad else b"yes\n", status=404 if bad else 200)


@pytest.fixture
def urls(server):
    """urls(3, 2): three good ones, then two bad ones."""
    url = server.serve("/", good_or_bad)
    return lambda good, bad: [f"{url}?{i}" for i in range(good)] + [f"{url}?bad{i}" for i in range(bad)]


def text(urls):
    return "".join(url + "\n" for url in urls).encode()


def test_every_failure_counts_by_default_and_none_stops(fetch, urls):
    result = fetch(input=text(urls(3, 5) + urls(3, 0)))
    assert (result.status, len(result.lines)) == (1, 6)


def test_the_first_failure_stops_the_run_when_asked(start, server, urls):
    session = start("--fail-early", "-j", "4", "--json")
    session.say(*urls(3, 0))
    for _ in range(3):
        assert json.loads(session.line())["ok"]
    session.say(*urls(0, 1))
    assert json.loads(session.line())["error"] == "http_status"
    result = session.result()
    assert result.status == 1
    assert "1 of 4 inputs failed" in result.stderr
    assert len(server.requests) == 4


def test_what_was_read_has_a_record_when_the_run_is_stopped(start, server, urls):
    hangs = server.serve("/hangs", lambda talk: talk.hang())
    session = start("--fail-early", "--json")
    session.say(hangs, hangs)
    server.wait_until(lambda: server.active == 2)
    session.say(*urls(0, 1))
    result = session.result()
    assert result.status == 1
    assert sorted(record["error"] for record in result.records) == ["cancelled", "cancelled", "http_status"]


def test_a_bad_line_stops_the_run_as_well(start, urls):
    session = start("--fail-early")
    session.say("nonsense")
    assert session.result().status == 1


def test_max_fail_failures_are_allowed(fetch, urls):
    assert fetch("--max-fail", "3", input=text(urls(2, 3))).status == 0
    assert fetch("--max-fail", "2", input=text(urls(2, 3))).status == 1


def test_one_failure_more_stops_the_run(start, server, urls):
    session = start("--max-fail", "2", "--json", "-j", "1")
    session.say(*urls(1, 2))
    for _ in range(3):
        session.line()
    session.say(*urls(0, 1))
    result = session.result()
    assert result.status == 1
    assert len(server.requests) == 4


def test_a_share_of_failures_is_allowed(fetch, urls):
    assert fetch("--max-fail", "10%", input=text(urls(9, 1))).status == 0
    assert fetch("--max-fail", "10%", input=text(urls(8, 1))).status == 1


def test_a_larger_share_stops_the_run_once_there_is_a_sample(fetch, server, urls):
    n = max(400, count(4000))
    result = fetch("--max-fail", "10%", "-j", "4", input=text(urls(80, n)))
    assert result.status == 1
    assert 100 <= len(server.requests) < 400


def test_with_keep_order_a_failure_stops_at_once(start, server, urls):
    """The failure counts although its output waits for its turn."""
    hangs = server.serve("/hangs", lambda talk: talk.hang())
    session = start("--fail-early", "--keep-order", "--json")
    session.say(hangs)
    server.wait_until(lambda: server.active == 1)
    session.say(*urls(0, 1))
    result = session.result()
    assert [record["error"] for record in result.records] == ["cancelled", "http_status"]


@pytest.mark.parametrize("value", ["", "x", "-1", "101%", "5 %"])
def test_an_invalid_limit_is_refused(fetch, value):
    result = fetch(f"--max-fail={value}" if value else "--max-fail=", "http://127.0.0.1:9/")
    assert result.status == 2
    assert "--max-fail" in result.stderr


def test_a_deadline_has_one_line_for_all_inputs(fetch, server):
    url = server.serve("/", lambda talk: talk.hang())
    lines = "".join(f"{url}?{number}\n" for number in range(count(300))).encode()
    result = fetch("-j", "10", "--deadline", duration(0.5), "--json", input=lines)
    assert result.status == 124 and len(result.records) == count(300)
    assert sum(": deadline: " in line for line in result.stderr.splitlines()) == 1
    assert f" and {count(300) - 1} others: deadline: " in result.stderr
