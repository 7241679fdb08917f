"""Which failures are retried, how often, and which origins are paused."""

import json
import threading

import pytest


class Flaky:
    """Fails `failures` times, then answers with a body. Records the times of its requests."""

    def __init__(self, failures, fail=lambda talk: talk.reply(status=503), body=b"fine\n"):
        self.failures = failures
        self.fail = fail
        self.body = body
        self.lock = threading.Lock()

    def __call__(self, talk):
        with self.lock:
            self.failures -= 1
            failing = self.failures >= 0
        if failing:
            self.fail(talk)
        else:
            talk.reply(self.body)


def cut_short(talk):
    talk.head({"Content-Length": 10})
    talk.send(b"one\nt")


def after(seconds, status=429):
    return lambda talk: talk.reply(status=status, headers={"Retry-After": seconds})


FAST = ["--retry-delay", "1ms"]


def test_a_transient_failure_is_retried(fetch, server):
    url = server.serve("/", Flaky(2))
    result = fetch("--json", url)
    assert result.status == 0
    assert (result.record["ok"], result.record["attempts"], result.record["response_code"]) == (True, 3, 200)


def test_two_retries_are_the_default(fetch, server):
    url = server.serve("/", Flaky(3))
    result = fetch("--json", url)
    assert result.status == 1
    assert (result.record["error"], result.record["attempts"]) == ("http_status", 3)


@pytest.mark.parametrize("retries, asked", [(0, 1), (1, 2), (4, 5)])
def test_retry_says_how_often(fetch, server, retries, asked):
    url = server.serve("/", lambda talk: talk.reply(status=500))
    assert fetch("--retry", str(retries), *FAST, url).status == 1
    assert len(server.requests) == asked


def test_fifty_flaky_urls_all_succeed(fetch, server):
    urls = [server.serve(f"/{i}", Flaky(2, body=f"{i}\n".encode())) for i in range(50)]
    result = fetch("--retry", "3", input="\n".join(urls).encode())
    assert result.status == 0, result.stderr
    assert sorted(map(int, result.lines)) == list(range(50))
    assert len(server.requests) == 150


def test_a_dead_upstream_gets_no_more_than_the_budget(fetch, server, tmp_path):
    url = server.serve("/", lambda talk: talk.reply(status=503))
    stats = tmp_path / "stats"
    result = fetch("--stats", stats, *FAST, input=f"{url}\n".encode() * 300)
    assert result.status == 1
    assert 300 + 10 <= len(server.requests) <= 300 + 30
    retries = len(server.requests) - 300
    assert json.loads(stats.read_text())["retries"] == retries
    (reported,) = [line for line in result.stderr.splitlines() if "retries were not made" in line]
    assert 300 - retries <= int(reported.split()[1]) <= 300


def test_an_explicit_retry_has_no_budget(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(status=503))
    result = fetch("--retry", "2", *FAST, input=f"{url}\n".encode() * 50)
    assert len(server.requests) == 150
    assert "retries were not made" not in result.stderr


def test_retry_after_pauses_its_origin_only(fetch, server):
    """The second server gets requests all the time; the first one gets none for two seconds."""
    busy = server.serve("/", Flaky(1, after(2)))
    other = server.url("/other", host="localhost")
    server.serve("/other", lambda talk: talk.pause(0.01) or talk.reply(b"here\n"))
    urls = [busy] + [busy, other] * 30
    result = fetch("-j", "1", input="\n".join(urls).encode())
    assert result.status == 0, result.stderr
    first, *later = [request.at for request in server.requests_to("/")]
    assert len(later) == 31 and min(later) - first >= 2
    assert max(request.at for request in server.requests_to("/other")) < min(later)


def test_a_pause_is_reported_once_for_each_origin(fetch, server):
    busy = server.serve("/", Flaky(4, after(1)))
    other = server.serve("/other", Flaky(1, after(1, 503))).replace("127.0.0.1", "localhost")
    result = fetch(input="\n".join([busy] * 4 + [other] * 2).encode())
    assert result.status == 0, result.stderr
    origins = [url.rpartition(path)[0] for url, path in [(busy, "/"), (other, "/other")]]
    assert sorted(line for line in result.stderr.splitlines() if "paused" in line) == sorted(
        f"runnel: {origin}: paused for 1 s, as its Retry-After asks" for origin in origins)


NOT_RETRIED = "Retry-After is 3600 s, longer than --retry-after-max (0.5 s): not retried"


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_beyond_the_limit_is_final(fetch, server, status):
    """The origin is not paused, so the second input is fetched at once."""
    url = server.serve("/", Flaky(1, after(3600, status)))
    result = fetch("--retry-after-max", "0.5", "-j", "1", "--json", input=f"{url}\n{url}\n".encode())
    assert result.status == 1
    failed, delivered = result.records
    assert (failed["error"], failed["attempts"], delivered["ok"]) == ("http_status", 1, True)
    assert failed["errormsg"] == f"status {status}; {NOT_RETRIED}"
    assert NOT_RETRIED in result.stderr


def test_without_retries_a_long_retry_after_is_not_mentioned(fetch, server):
    url = server.serve("/", after(3600))
    result = fetch("--retry-after-max", "0.5", "--retry", "0", "--json", url)
    assert (result.status, result.record["errormsg"]) == (1, "status 429")


@pytest.mark.parametrize("command", ["race", "check"])
def test_every_command_says_why_it_did_not_retry(runnel, server, command):
    url = server.serve("/", after(3600))
    result = runnel(command, "--retry", "2", "--retry-after-max", "0.5", url)
    assert result.status != 0 and len(server.requests) == 1
    assert NOT_RETRIED in result.stderr + result.stdout.decode()


def test_retry_delay_is_waited_each_time(fetch, server):
    url = server.serve("/", Flaky(2))
    assert fetch("--retry", "2", "--retry-delay", "0.4", url).status == 0
    at = [request.at for request in server.requests]
    assert at[1] - at[0] >= 0.4 and at[2] - at[1] >= 0.4


def test_no_attempt_begins_after_the_longest_time(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(status=500))
    assert fetch("--retry", "50", "--retry-delay", "0.2", "--retry-max-time", "0.5", url).status == 1
    assert 2 <= len(server.requests) <= 3


@pytest.mark.parametrize("choice, asked", [("500", 1), ("503", 3), ("5xx", 3), ("connect", 1)])
def test_retry_on_says_after_what(fetch, server, choice, asked):
    url = server.serve("/", lambda talk: talk.reply(status=503))
    fetch("--retry-on", choice, *FAST, url)
    assert len(server.requests) == asked


def test_a_final_status_is_not_retried(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(status=404))
    assert fetch("--retry", "3", *FAST, url).status == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("options, asked", [([], 1), (["--retry-non-idempotent"], 3)])
def test_a_post_is_retried_only_when_allowed(fetch, server, options, asked):
    url = server.serve("/", lambda talk: talk.reply(status=503))
    fetch("-d", "x", "--retry", "2", *options, *FAST, url)
    assert [request.method for request in server.requests] == ["POST"] * asked


def test_nothing_is_retried_once_a_line_is_printed(fetch, server):
    url = server.serve("/", Flaky(1, cut_short))
    result = fetch("--retry", "3", *FAST, url)
    assert (result.status, result.stdout) == (1, b"one\n")
    assert len(server.requests) == 1


def test_a_body_that_broke_before_its_first_line_is_retried(fetch, server):
    def cut(talk):
        talk.head({"Content-Length": 10})
        talk.send(b"one")
    url = server.serve("/", Flaky(1, cut))
    result = fetch("--retry", "1", *FAST, url)
    assert (result.status, result.stdout) == (0, b"fine\n")


def test_a_broken_body_is_retried_with_records(fetch, server):
    url = server.serve("/", Flaky(1, cut_short))
    result = fetch("--json", "--retry", "1", *FAST, url)
    assert (result.record["ok"], result.record["attempts"]) == (True, 2)


def test_a_wrong_list_or_number_is_a_usage_error(fetch):
    for arguments in (["--retry", "-1"], ["--retry", "x"], ["--retry-on", "bad_input"], ["--retry-on", "1000"]):
        result = fetch(*arguments, "http://127.0.0.1:1/")
        assert result.status == 2
        assert arguments[0] in result.stderr


def test_verbose_logs_each_retry(fetch, runnel, server):
    url = server.serve("/", Flaky(2))
    result = runnel("-v", "fetch", "--retry", "2", *FAST, url)
    assert result.stderr.count("retrying in") == 2
    assert "2 retries" in result.stderr


def test_a_signal_ends_the_wait_for_a_retry(start, server):
    url = server.serve("/", lambda talk: talk.reply(status=503))
    session = start("--json", "--retry", "1", "--retry-delay", "1h", "--grace", "0.1", url)
    server.wait_until(lambda: server.requests and not server.active)
    session.signal(15)
    result = session.result()
    assert result.status == 143
    (record,) = result.records
    assert (record["state"], record["attempts"], record["response_code"]) == ("cancelled", 1, 503)


def test_per_host_limits_the_requests_to_one_origin(fetch, server):
    server.serve("/", lambda talk: talk.pause(0.05) or talk.reply(b"x\n"))
    urls = [server.url("/"), server.url("/", host="localhost")] * 10
    result = fetch("-j", "20", "--per-host", "2", input="\n".join(urls).encode())
    assert result.status == 0
    assert 3 <= server.peak <= 4


def test_an_origin_at_its_limit_does_not_delay_others(fetch, server):
    asked = threading.Event()
    server.serve("/slow", lambda talk: asked.wait(20) and talk.reply(b"slow\n"))
    server.serve("/fast", lambda talk: asked.set() or talk.reply(b"fast\n"))
    urls = [server.url("/slow")] * 20 + [server.url("/fast", host="localhost")]
    result = fetch("-j", "2", "--per-host", "1", input="\n".join(urls).encode())
    assert len(result.lines) == 21
    assert {request.path for request in server.requests[:2]} == {"/slow", "/fast"}


def test_stats_describe_the_run(fetch, server, tmp_path):
    stats = tmp_path / "stats.json"
    urls = [server.serve("/a", b"12345\n"), server.serve("/b", Flaky(1)), server.url("/missing"), "nonsense"]
    result = fetch("--stats", stats, *FAST, input="\n".join(urls).encode())
    assert result.status == 1
    reported = json.loads(stats.read_text())
    assert {key: reported[key] for key in ("read", "delivered", "failed", "cancelled", "skipped", "retries", "hedges")} == {
        "read": 4, "delivered": 2, "failed": 2, "cancelled": 0, "skipped": 0, "retries": 1, "hedges": 0}
    assert reported["errors"] == {"bad_input": 1, "http_status": 1}
    assert reported["left_unread"] is False
    assert 1 <= reported["peak_in_flight"] <= 3
    assert reported["bytes"] == 6 + 5 + len(b"no such page\n")
    assert reported["seconds"] > 0 and reported["requests_per_second"] > 0
    assert set(reported["latency"]) >= {"time_connect", "time_starttransfer", "time_total", "time_queue"}
    for times in (reported["latency"]["time_total"], reported["loop_lag"]):
        assert 0 <= times["p50"] <= times["p90"] <= times["p99"] <= times["max"]


def test_stats_are_written_when_the_run_is_stopped(fetch, server, tmp_path):
    server.serve("/", lambda talk: talk.hang())
    stats = tmp_path / "stats.json"
    result = fetch("--stats", stats, "--deadline", "0.3", "-j", "1", input=f"{server.url('/')}\n".encode() * 3)
    assert result.status == 124
    reported = json.loads(stats.read_text())
    assert (reported["read"], reported["cancelled"], reported["left_unread"]) == (2, 2, True)


def test_stats_that_cannot_be_written_stop_the_run_before_it_starts(fetch, server):
    result = fetch("--stats", "/nowhere/stats", server.serve("/", b"x"))
    assert result.status == 74
    assert "/nowhere/stats" in result.stderr and not server.requests
    result = fetch("--stats", "/dev/full", server.url("/"))
    assert result.status == 74 and "--stats: cannot write /dev/full: No space left" in result.stderr
