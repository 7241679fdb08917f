"""Which requests are sent, and when: -j auto, rates, the breaker, hedges."""

import json
import threading
from collections import Counter

import pytest

from support.faults import Refusing
from support.pace import duration, seconds
from support.server import Server


@pytest.fixture
def refusing():
    place = Refusing()
    yield place
    place.close()


def as_input(urls):
    return "".join(f"{url}\n" for url in urls).encode()


def errors(records):
    return Counter(record["error"] for record in records)


def span(requests):
    """The time between the first and the last of these requests."""
    return requests[-1].at - requests[0].at


# A rate sets a minimum time; the upper bound depends on the machine.

@pytest.mark.parametrize("option", ["--rate", "--host-rate"])
def test_a_rate_spaces_requests(fetch, server, option):
    url = server.serve("/", b"x\n")
    result = fetch(option, "40/s", input=as_input([url] * 45))
    assert len(result.lines) == 45
    assert span(server.requests) >= (45 - 1) / 40 - 0.1 - 0.05
    assert span(server.requests) < seconds(5)


def test_the_rate_of_an_origin_does_not_delay_others(fetch, server):
    server.serve("/", b"x\n")
    one, other = server.url("/"), server.url("/?other", host="localhost")
    result = fetch("-j", "1", "--host-rate", "20/s", input=as_input([one] * 20 + [other] * 2))
    assert len(result.lines) == 22
    asked = [request.target for request in server.requests]
    assert asked.index("/?other") < 4
    assert span([request for request in server.requests if request.target == "/"]) >= 19 / 20 - 0.15


def test_the_rate_of_the_run_counts_all_origins(fetch, server):
    server.serve("/", b"x\n")
    urls = [server.url("/"), server.url("/", host="localhost")] * 10
    assert fetch("--rate", "20/s", input=as_input(urls)).status == 0
    assert span(server.requests) >= 19 / 20 - 0.15


def test_redirects_and_retries_count_in_the_rate(fetch, server):
    server.serve("/there", b"x\n")
    redirecting = server.serve("/", lambda talk: talk.reply(status=302, headers={"Location": "/there"}))
    failing = server.serve("/fails", lambda talk: talk.reply(status=503))
    fetch("--host-rate", "20/s", "--retry", "1", "--retry-delay", "1ms", input=as_input([redirecting, failing] * 5))
    assert len(server.requests) == 20
    assert span(server.requests) >= 19 / 20 - 0.15


# The breaker

def test_a_black_hole_costs_little_and_does_not_affect_others(fetch, server, black_hole, tmp_path):
    """Half of 2000 inputs go to an unreachable origin. Only five of them may connect at a time, and the breaker
    fails the rest without waiting for a timeout."""
    url, stats = server.serve("/", b"x\n"), tmp_path / "stats"
    result = fetch("--json", "--connect-timeout", duration(1), "--stats", stats, input=as_input([black_hole, url] * 1000),
                   timeout=60)
    records = result.records
    assert len(records) == 2000
    assert errors(record for record in records if record["url"] == url) == {None: 1000}
    assert errors(record for record in records if record["url"] == black_hole) == {"host_down": 1000}
    attempts = sum(record["attempts"] for record in records if record["url"] == black_hole)
    assert 5 <= attempts <= 5 + 4 + 2  # four that were sent while the first five failed; one or two probes
    assert result.seconds < seconds(5)
    assert json.loads(stats.read_text())["errors"] == {"host_down": 1000}


def test_an_origin_that_was_never_reached_gets_five_requests_at_a_time(fetch, black_hole, tmp_path):
    stats = tmp_path / "stats"
    fetch("--stats", stats, "--connect-timeout", duration(0.3), input=as_input([black_hole] * 50))
    assert json.loads(stats.read_text())["peak_in_flight"] == 5


@pytest.mark.parametrize("options, expected", [
    ([], {"connect": 5, "host_down": 15}),
    (["--host-breaker", "2"], {"connect": 2, "host_down": 18}),
    (["--host-breaker", "off"], {"connect": 20}),
])
def test_the_breaker_opens_after_the_given_number_of_failures(fetch, refusing, options, expected):
    url = f"http://127.0.0.1:{refusing.port}/"
    result = fetch("--json", "-j", "1", "--retry", "0", *options, input=as_input([url] * 20))
    assert result.status == 1
    assert errors(result.records) == expected
    for record in result.records:
        if record["error"] == "host_down":
            assert (record["state"], record["attempts"], record["exitcode"]) == ("failed", 0, None)


def test_host_down_is_not_retried(fetch, refusing):
    url = f"http://127.0.0.1:{refusing.port}/"
    result = fetch("--json", "--retry", "50", "--retry-delay", "1ms", url)
    assert (result.record["error"], result.record["attempts"]) == ("host_down", 5)
    assert "host_down: several connections in a row failed (last: " in result.stderr


def test_pending_connections_are_given_up(start, black_hole):
    """The fifth failure occurs while other inputs have waited for a while."""
    session = start("--json", "--retry", "0", "--connect-timeout", duration(2))
    session.say(*[black_hole] * 4)
    threading.Event().wait(1)
    session.say(*[black_hole] * 5)
    session.end_input()
    records = session.result().records
    assert errors(records) == {"connect": 5, "host_down": 4}
    given_up = [record for record in records if record["error"] == "host_down"]
    assert [record["attempts"] for record in given_up] == [1] * 4
    assert all(record["time_total"] < seconds(1.9) and record["exitcode"] == 7 for record in given_up)


def test_one_probe_reopens_an_origin(start, refusing):
    url = f"http://127.0.0.1:{refusing.port}/"
    session = start("--json", "--retry", "0", "-j", "1")
    session.say(*[url] * 6)
    assert [json.loads(session.line())["error"] for _ in range(6)] == ["connect"] * 5 + ["host_down"]
    refusing.listen()
    server = Server(listener=refusing.sock)
    try:
        server.serve("/", b"x\n")
        down = 0
        while True:  # the test hangs, and so fails, if no probe is sent
            session.say(url)
            record = json.loads(session.line())
            if record["ok"]:
                break
            assert record["error"] == "host_down"
            down += 1
            threading.Event().wait(0.05)
        assert 1 <= down <= 40
        session.say(*[url] * 3)
        assert [json.loads(session.line())["ok"] for _ in range(3)] == [True] * 3
        session.end_input()
        assert session.result().status == 1
    finally:
        server.close()


def test_a_name_that_does_not_exist_is_not_a_failure_to_connect(runnel, resolver):
    result = runnel("fetch", "--json", input=as_input(["http://nx.test/"] * 20), env=resolver)
    assert errors(result.records) == {"dns": 20}


# Hedges

class LateAtFirst:
    """Does not answer the first request until its connection is closed, and answers the others."""

    def __init__(self):
        self.asked = 0
        self.closed = threading.Event()

    def __call__(self, talk):
        self.asked += 1
        if self.asked > 1:
            talk.reply(b"here\n")
            return
        talk.hang()
        self.closed.set()


def test_a_hedge_takes_the_place_of_a_request_that_is_late(fetch, server, tmp_path):
    late, stats = LateAtFirst(), tmp_path / "stats"
    result = fetch("--json", "--hedge", "0.1", "--stats", stats, server.serve("/", late))
    record = result.record
    assert (record["ok"], record["hedged"], record["attempts"]) == (True, True, 1)
    assert (record["response_code"], record["size_download"]) == (200, len(b"here\n"))
    assert record["time_total"] >= 0.1
    assert late.asked == 2 and late.closed.wait(seconds(10))
    reported = json.loads(stats.read_text())
    assert (reported["hedges"], reported["retries"], reported["delivered"]) == (1, 0, 1)


def test_a_hedged_body_is_printed_once(fetch, server):
    def late(talk):
        talk.pause(0.4)
        talk.reply(b"one\ntwo\n")
    result = fetch("--hedge", "0.1", server.serve("/", late))
    assert (result.status, result.stdout) == (0, b"one\ntwo\n")
    assert len(server.requests) == 2


@pytest.mark.parametrize("options, why", [
    (["--hedge", "0"], "it is off"),
    (["--hedge", "1h"], "it is not late yet"),
    (["--hedge", "0.1", "-d", "x"], "a POST must not be sent twice"),
    (["--hedge", "0.1", "-j", "1"], "there is no job for it"),
    (["--hedge", "0.1", "--per-host", "1"], "--per-host is reached"),
    (["--hedge", "0.1", "--rate", "1/m"], "the rate does not allow it"),
])
def test_a_hedge_is_not_made(fetch, server, options, why):
    url = server.serve("/", lambda talk: talk.pause(0.4) or talk.reply(b"x\n"))
    result = fetch("--json", *options, url)
    assert (result.record["ok"], result.record["hedged"], len(server.requests)) == (True, False, 1), why


def test_few_requests_are_hedged(fetch, server, tmp_path):
    stats = tmp_path / "stats"
    url = server.serve("/", lambda talk: talk.pause(0.1) or talk.reply(b"x\n"))
    result = fetch("--hedge", "10ms", "-j", "100", "--stats", stats, input=as_input([url] * 80))
    assert len(result.lines) == 80
    assert len(server.requests) == 85
    assert json.loads(stats.read_text())["hedges"] == 5


# -j auto

def test_auto_adapts_to_the_capacity_of_an_origin(fetch, server, tmp_path):
    """Refuses more than 8 requests at a time."""
    def crowded(talk):
        busy = server.active > 8
        talk.pause(0.02)
        talk.reply(b"" if busy else b"x\n", status=503 if busy else 200)
    stats = tmp_path / "stats"
    options = ["-j", "auto", "--retry", "100", "--retry-delay", "10ms", "--stats", stats]
    url = server.serve("/", crowded)
    result = fetch(*options, input=as_input([url] * 400), timeout=60)
    assert result.status == 0 and len(result.lines) == 400
    reported = json.loads(stats.read_text())["limits"]
    assert reported["raised"] > 0 and reported["lowered"] > 0
    assert 0 < len(reported["latest"]) <= 32
    assert {change["origin"] for change in reported["latest"]} == {server.url("")}
    assert all(change["limit"] < 40 and change["seconds"] > 0 for change in reported["latest"])
    assert 8 < server.peak < 40


def test_auto_stays_within_per_host(fetch, server, tmp_path):
    stats = tmp_path / "stats"
    url = server.serve("/", lambda talk: talk.pause(0.02) or talk.reply(b"x\n"))
    fetch("-j", "auto", "--per-host", "6", "--stats", stats, input=as_input([url] * 200))
    assert server.peak == 6
    assert json.loads(stats.read_text())["limits"]["latest"][-1]["limit"] == 6


def test_without_auto_the_statistics_have_no_limits(fetch, server, tmp_path):
    stats = tmp_path / "stats"
    fetch("--stats", stats, server.serve("/", b"x\n"))
    assert json.loads(stats.read_text())["limits"] is None


@pytest.mark.parametrize("option, value", [
    ("--jobs", "automatic"), ("--jobs", "0"), ("--rate", "10"), ("--rate", "0/s"), ("--rate", ""), ("--host-rate", "-1/s"),
    ("--host-rate", "1/0s"), ("--host-breaker", "0"), ("--host-breaker", "on"), ("--hedge", "soon"), ("--hedge", "-1"),
])
def test_an_invalid_value_is_refused(fetch, server, option, value):
    result = fetch(f"{option}={value}", server.serve("/", b"x\n"))
    assert result.status == 2
    assert option in result.stderr and not server.requests
