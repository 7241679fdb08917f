"""`runnel race`: the first valid answer, whatever the other sources do."""

import functools
import json
import re
import signal
import threading
import time

import pytest

from support import tool
from support.faults import Refusing
from support.pace import duration, seconds

FAR = "60s"


@pytest.fixture
def race(runnel):
    return functools.partial(runnel, "race")


@pytest.fixture
def start_race():
    sessions = []

    def start(*args, **options):
        sessions.append(tool.Session([tool.binary(), "race", *args], **options))
        return sessions[-1]
    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def refusing():
    place = Refusing()
    yield f"http://127.0.0.1:{place.port}/"
    place.close()


def after(pause, body):
    """A handler that answers after a delay in seconds."""
    def answer(talk):
        talk.pause(pause)
        talk.reply(body)
    return answer


def hangs(talk):
    talk.hang()


def drips(talk):
    """A body without an end, byte by byte."""
    talk.head({"Content-Type": "text/plain"})
    while not talk.server.stopping.wait(0.01):
        talk.send(b"1")


def reported(result):
    return [line.removeprefix("runnel: ") for line in result.stderr.splitlines()]


def states(result):
    return {attempt["name"]: (attempt["state"], attempt["error"]) for attempt in json.loads(result.stdout)["attempts"]}


# The first answer


def test_the_first_answer_is_printed_and_the_losers_are_closed(race, mock):
    """Three services at 100, 300 and 2000 ms."""
    routes = [{"path": f"/{ms}", "delay": f"{ms}ms", "body": f"answer after {ms}\n"} for ms in (2000, 100, 300)]
    served = mock(routes=routes)
    result = race("--json", *[f"s{ms}={served.url}/{ms}" for ms in (2000, 100, 300)])
    assert (result.status, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert (answer["ok"], answer["value"], answer["source"]) == (True, "answer after 100", "s100")
    assert states(result) == {"s100": ("won", None), "s300": ("cancelled", "cancelled"),
                              "s2000": ("cancelled", "cancelled")}


def test_the_losers_connections_are_seen_closed(start_race, server):
    server.serve("/fast", after(0.1, b"fast\n"))
    server.serve("/slow", hangs)
    server.serve("/drip", drips)
    session = start_race("--deadline", FAR, server.url("/slow"), server.url("/drip"), server.url("/fast"))
    assert session.line() == b"fast\n"
    assert session.ends_within(2).status == 0
    server.wait_until(lambda: len(server.requests) == 3 and server.active == 0, 5)


def test_a_loser_whose_name_hangs_does_not_delay_the_end(start_race, server, resolver):
    server.serve("/", b"good\n")
    urls = [server.url("/", "hang-a.test"), server.url("/", "hang-b.test"), server.url("/", "host.test")]
    session = start_race("--deadline", FAR, *urls, env=resolver)
    result = session.ends_within(5)
    assert (result.status, result.stdout, result.stderr) == (0, b"good\n", "")


def test_a_loser_that_never_connects_does_not_delay_the_end(start_race, server, black_hole):
    session = start_race("--deadline", FAR, black_hole, server.serve("/", b"good\n"))
    result = session.ends_within(5)
    assert (result.status, result.stdout, result.stderr) == (0, b"good\n", "")


def test_the_answer_is_printed_before_the_losers_are_gone(start_race, server):
    """A reader gets the first line while the race still runs: output is not held until the end."""
    server.serve("/fast", b"fast\n")
    session = start_race("--all", "--deadline", FAR, f"fast={server.url('/fast')}", server.serve("/slow", hangs))
    assert session.line() == b"fast\tfast\n"
    assert session.process.poll() is None


def test_a_refusal_and_a_missing_attribute_lose_to_a_good_answer(race, server, refusing):
    good = server.serve("/good", b'{"ip":"203.0.113.7"}')
    strange = server.serve("/strange", b'{"query":"203.0.113.7"}')
    result = race("-v", "--extract", "/ip", "--stagger", "10s", f"borken={refusing}", f"strange={strange}",
                  f"ipify={good}")
    assert (result.status, result.stdout) == (0, b"203.0.113.7\n")
    first, second, third = reported(result)
    assert first.startswith("borken is unresponsive: connect: ")
    assert second == 'strange gave no answer: extract: no value at "/ip"'
    assert re.fullmatch(r"ipify finished with result: 203\.0\.113\.7, took: \d+\.\d\d s", third)


def test_losers_are_cancelled_without_a_message(race, server):
    result = race(server.serve("/", b"good\n"), server.serve("/slow", hangs))
    assert (result.status, result.stdout, result.stderr) == (0, b"good\n", "")


# Which values are answers


NO_ANSWERS = {
    "status": lambda talk: talk.reply(b"8.8.8.8", 500),
    "captive portal": lambda talk: talk.reply(b"<html>Please log in. Your address: 8.8.8.8</html>",
                                              headers={"Content-Type": "text/html"}),
    "private": lambda talk: talk.reply(b"10.0.0.1"),
    "hexadecimal": lambda talk: talk.reply(b"0x7f.1"),
    "empty": lambda talk: talk.reply(b""),
    "10 MB": lambda talk: talk.reply(b"8" * 10_000_000),
    "drip": drips,
    "cut": lambda talk: (talk.head({"Content-Length": 100}), talk.send(b"8.8.8.8")),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_a_response_that_is_not_an_answer_is_skipped(race, server, name):
    server.serve("/bad", NO_ANSWERS[name])
    server.serve("/good", after(0.3, b"8.8.4.4\n"))
    result = race("--valid", "public-ip", server.url("/bad"), server.url("/good"))
    assert (result.status, result.stdout) == (0, b"8.8.4.4\n")


@pytest.mark.parametrize("valid, good, bad", [
    ("nonempty", "x", ""), ("json", '{"a":1}', "{a}"), ("ip", "::1", "localhost"), ("ipv4", "10.0.0.1", "::1"),
    ("ipv6", "2001:db8::1", "10.0.0.1"), ("public-ip", "8.8.8.8", "192.168.1.1"), ("regex:v[0-9]+", "v12", "v12b")])
def test_each_kind_of_value_can_be_asked_for(race, server, valid, good, bad):
    urls = [server.serve("/bad", bad.encode()), server.serve("/good", after(0.1, good.encode()))]
    assert race("--valid", valid, *urls).stdout.decode() == good + "\n"
    assert race("--valid", valid, urls[0]).status == 3


def test_an_answer_is_the_body_without_the_white_space_around_it(race, server):
    assert race(server.serve("/", b"\n  two\nlines \r\n\n")).stdout == b"two\nlines\n"


def test_an_answer_is_what_a_regular_expression_finds(race, server):
    url = server.serve("/", b"<body>Current IP Address: 203.0.113.7</body>")
    assert race("--match", "Address: ([0-9.]+)", url).stdout == b"203.0.113.7\n"
    assert race("--match", "Adress: ([0-9.]+)", url).status == 3


def test_a_value_from_json_comes_as_it_is(race, server):
    url = server.serve("/", b'{"text":"tab\\there","list":[1, 2.50]}')
    assert race("--extract", "/text", url).stdout == b"tab\there\n"
    assert race("--extract", "/list", url).stdout == b"[1,2.50]\n"


def test_null_is_not_an_answer(race, server):
    server.serve("/null", b'{"ip":null}')
    result = race("-v", "--extract", "/ip", f"a={server.url('/null')}",
                  server.serve("/good", after(0.2, b'{"ip":"8.8.8.8"}')))
    assert (result.status, result.stdout) == (0, b"8.8.8.8\n")
    assert reported(result)[0] == 'a gave no answer: extract: the value at "/ip" is null'


def test_a_body_that_cannot_be_unpacked_is_not_an_answer(race, server):
    url = server.serve("/", lambda talk: talk.reply(b"not packed", headers={"Content-Encoding": "gzip"}))
    assert states(race("--json", f"a={url}")) == {"a": ("invalid", "decode")}


def test_a_body_may_be_as_long_as_max_body(race, server):
    limit = 64 * 1024
    assert race(server.serve("/most", b"x" * limit)).stdout == b"x" * limit + b"\n"
    longer = server.serve("/more", b"x" * (limit + 1))
    result = race("--json", f"long={longer}")
    assert (result.status, states(result)) == (3, {"long": ("invalid", "too_large")})
    assert race("--max-body", "100k", longer).status == 0


def test_a_race_of_head_requests_needs_no_body(race, server):
    urls = [f"late={server.serve('/late', hangs)}", f"soon={server.serve('/soon', b'a body')}"]
    result = race("-I", "--json", *urls)
    assert (result.status, json.loads(result.stdout)["source"], json.loads(result.stdout)["value"]) == (0, "soon", "")
    assert race("-I", urls[1]).stdout == b"\n"
    assert race("-I", "--valid", "nonempty", urls[1]).status == 3


def test_the_expected_statuses_can_be_chosen(race, server):
    url = server.serve("/", lambda talk: talk.reply(b"gone\n", 404))
    assert race("--json", url).status == 3
    assert race("--expect", "404", url).stdout == b"gone\n"


# The course of a race


def test_the_stagger_delays_the_next_source(race, server):
    urls = [server.serve("/one", after(0.2, b"one\n")), server.serve("/two", b"two\n")]
    assert race(*urls).stdout == b"two\n"
    assert race("--stagger", "30s", "--deadline", FAR, *urls).stdout == b"one\n"
    assert len(server.requests_to("/two")) == 1


def test_a_failure_starts_the_next_source_at_once(race, server):
    assert race("--stagger", "50ms", "--deadline", FAR, server.serve("/one", hangs),
                server.serve("/two", b"two\n")).stdout == b"two\n"


def test_a_quorum_outvotes_a_wrong_answer(race, server):
    urls = [server.serve("/liar", b"6.6.6.6"), server.serve("/a", after(0.1, b"8.8.8.8")),
            server.serve("/b", after(0.2, b"8.8.8.8")), server.serve("/slow", hangs)]
    result = race("--json", "--quorum", "2", "--deadline", FAR, *[f"{url[-1]}={url}" for url in urls])
    assert result.status == 0
    assert json.loads(result.stdout)["source"] == "a"
    assert states(result) == {"r": ("valid", None), "a": ("won", None), "b": ("agreed", None),
                              "w": ("cancelled", "cancelled")}


def test_a_quorum_out_of_reach_ends_at_once(race, server, refusing):
    result = race("--quorum", "3", "--deadline", FAR, server.serve("/a", b"a"), refusing,
                  server.serve("/b", after(0.1, b"b")), server.serve("/slow", hangs))
    assert (result.status, result.stdout) == (3, b"")
    assert reported(result)[-1] == 'no 3 equal answers: 1 for "a", 1 for "b", 1 not waited for'


def test_a_tie_is_reported(race, server):
    result = race("--quorum", "2", server.serve("/a", b"a"), server.serve("/b", after(0.1, b"b")))
    assert (result.status, result.stdout) == (3, b"")
    assert reported(result)[-1] == 'a tie, no 2 equal answers: 1 for "a", 1 for "b"'


def test_all_are_waited_for_and_printed_as_they_come(race, server, refusing):
    result = race("--all", f"late={server.serve('/late', after(0.3, b'two lines'))}", f"down={refusing}",
                  f"soon={server.serve('/soon', after(0.1, b'a'))}", f"b={server.serve('/b', b'tab	and' + bytes([10]) + b'line')}")
    assert (result.status, result.lines) == (0, [b"b\ttab\\tand\\nline\n", b"soon\ta\n", b"late\ttwo lines\n"])
    assert [line.partition(": ")[0] for line in reported(result)] == ["down is unresponsive"]


def test_all_with_an_unresponsive_one_is_a_success(race, server):
    result = race("--all", "--json", "--deadline", duration(0.5), f"good={server.serve('/', b'a')}",
                  f"hung={server.serve('/hung', hangs)}")
    assert result.status == 0
    attempts = [json.loads(line) for line in result.lines]
    assert [(each["type"], each["name"], each["state"], each["value"], each["error"]) for each in attempts] == [
        ("attempt", "good", "won", "a", None), ("attempt", "hung", "cancelled", None, "deadline")]
    assert set(attempts[0]) == {"type", "name", "url", "state", "value", "error", "time_total"}


def test_all_without_an_answer_fails(race, refusing):
    result = race("--all", refusing)
    assert (result.status, result.stdout) == (3, b"")
    assert race("--all", "--fallback", "x", refusing).stdout == b"fallback\tx\n"
    assert json.loads(race("--all", "--json", "--fallback", "x", refusing).lines[-1])["name"] == "fallback"


def test_retries_are_made_when_asked_for(race, server):
    statuses = iter([503, 200, 503])
    url = server.serve("/", lambda talk: talk.reply(b"well\n", next(statuses)))
    result = race("-v", "--retry", "1", "--retry-delay", "10ms", f"a={url}")
    assert result.stdout == b"well\n"
    assert reported(result)[0] == "a: http_status: status 503; retrying in 0.01 s"
    assert race(url).status == 3
    assert len(server.requests) == 3


# The end


def test_the_deadline_ends_it(race, server):
    result = race("--deadline", duration(0.3), server.serve("/", hangs))
    assert (result.status, result.stdout) == (124, b"")
    assert reported(result)[-1] == "the deadline passed before 1 of 1 sources had answered"


def test_no_answer_without_a_fallback(race, refusing):
    result = race(f"down={refusing}")
    assert (result.status, result.stdout) == (3, b"")
    first, last = reported(result)
    assert first.startswith("down is unresponsive: connect: ")
    assert last == "none of 1 sources gave an answer"


def test_the_fallback_is_an_answer(race, server, refusing):
    for place, limit in ((refusing, FAR), (server.serve("/", hangs), duration(0.2))):
        result = race("--deadline", limit, "--fallback", "not available", place)
        assert (result.status, result.stdout, result.stderr) == (0, b"not available\n", "")
    assert race("--fallback", "", refusing).stdout == b"\n"
    assert race("--fallback=", refusing).stdout == b"\n"
    assert race("--fallback", "x", "--fallback-exit", "42", refusing).status == 42
    assert race("--fallback", "x", "--fallback-exit", "42", server.serve("/good", b"a")).status == 0
    answer = json.loads(race("--json", "--fallback", "x", refusing).stdout)
    assert (answer["ok"], answer["value"], answer["source"]) == (False, "x", "fallback")


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_at_once(start_race, server, number, status):
    session = start_race("--deadline", FAR, "--fallback", "x", server.serve("/", hangs))
    server.wait_until(lambda: server.active == 1)
    session.signal(number)
    result = session.ends_within(2)
    assert (result.status, result.stdout) == (status, b"")
    assert reported(result)[-1] == "the race was interrupted before 1 of 1 sources had answered"
    server.wait_until(lambda: server.active == 0, 5)


def test_after_a_signal_the_json_has_every_attempt(start_race, server):
    urls = [f"soon={server.serve('/soon', b'a')}", f"hung={server.serve('/hung', hangs)}"]
    session = start_race("--deadline", FAR, "--all", "--json", *urls)
    soon = json.loads(session.line())
    session.signal(signal.SIGTERM)
    hung = json.loads(session.line())
    assert session.ends_within(2).status == 143
    assert (soon["state"], hung["state"], hung["error"]) == ("won", "cancelled", "interrupted")


def test_a_grace_lets_it_go_on_after_a_signal(start_race, server):
    answer = threading.Event()
    url = server.serve("/", lambda talk: (answer.wait(30), talk.reply(b"late\n")))
    session = start_race("--deadline", FAR, "--grace", FAR, url)
    server.wait_until(lambda: server.active == 1)
    session.signal(signal.SIGTERM)
    while "Terminated: " not in session.stderr():
        time.sleep(0.01)
    answer.set()
    assert session.line() == b"late\n"
    assert session.ends_within(5).status == 143


def test_a_reader_that_exits_ends_it_without_a_message(start_race, server):
    session = start_race("--deadline", FAR, server.serve("/", hangs))
    server.wait_until(lambda: server.active == 1)
    session.go_away()
    session.process.wait(seconds(5))
    assert (session.process.returncode, session.stderr()) == (141, "")


def test_a_stdout_that_takes_nothing_is_reported(shell, server):
    url = server.serve("/", b"good\n")
    assert shell(f"\"$runnel\" race {url} > /dev/full").status == 74
    assert shell(f"\"$runnel\" race {url} >&-").status == 74


def test_a_consumer_that_does_not_read_does_not_keep_the_deadline_from_ending_it(start_race, server):
    urls = [server.serve(f"/{n}", b"x" * 60_000) for n in range(10)]
    session = start_race("--all", "--deadline", duration(1), *urls)
    session.process.wait(seconds(10))
    assert session.process.returncode == 124
    assert "bytes were not written to stdout in time" in session.stderr()


def test_quiet_prints_nothing_unless_it_fails(race, server, refusing):
    good = server.serve("/", b"good\n")
    assert race("-q", "--all", refusing, good).stderr == ""
    assert reported(race("-q", refusing))[-1] == "none of 1 sources gave an answer"


# Requests


def test_requests_are_made_as_the_options_say(race, server):
    url = server.serve("/", b"good\n")
    assert race("-X", "PUT", "-H", "X-Trace: 7", "-d", "a=1", "-A", "me", "-u", "ada:secret", "-b", "c=1", url).status == 0
    (request,) = server.requests
    assert (request.method, request.body, request.headers["user-agent"]) == ("PUT", b"a=1", "me")
    assert (request.headers["x-trace"], request.headers["cookie"]) == ("7", "c=1")
    assert request.headers["authorization"].startswith("Basic ")


def test_redirects_are_followed(race, server):
    server.serve("/there", b"good\n")
    url = server.serve("/", lambda talk: talk.reply(status=302, headers={"Location": "/there"}))
    assert race(url).stdout == b"good\n"
    assert race("--max-redirs", "0", url).status == 3
    assert race("--no-location", "--valid", "nonempty", "--expect", "302", url).status == 3


@pytest.mark.parametrize("option", ["-m", "--idle-timeout"])
def test_an_attempt_has_its_own_limits(race, server, option):
    result = race("--json", "--deadline", FAR, option, duration(0.2), f"hung={server.serve('/', hangs)}")
    assert result.status == 3
    assert states(result) == {"hung": ("failed", "timeout" if option == "-m" else "idle")}


def test_a_connection_has_its_own_limit(race, black_hole):
    result = race("--json", "--deadline", FAR, "--connect-timeout", duration(0.2), f"hole={black_hole}")
    assert (result.status, states(result)) == (3, {"hole": ("failed", "connect")})


def test_options_for_connections_apply(race, server):
    server.serve("/", b"good\n")
    assert race("--resolve", f"far.example:{server.port}:127.0.0.1", server.url("/", "far.example")).stdout == b"good\n"
    assert race("--deny-private", server.url("/")).status == 3


def test_answers_may_come_from_a_mock(race, tmp_path):
    routes = tmp_path / "routes.json"
    routes.write_text('[{"path":"/ip","host":"a.example","body":"8.8.8.8"}]')
    result = race("--mock", str(routes), "https://a.example/ip", "https://b.example/ip")
    assert (result.status, result.stdout) == (0, b"8.8.8.8\n")


def test_secrets_are_not_printed(race, refusing):
    url = refusing.replace("http://", "http://ada:secret@")
    for options in (["-v"], ["--json"], ["--all"]):
        result = race(*options, url)
        assert result.status == 3
        assert "secret" not in result.stdout.decode() + result.stderr


@pytest.mark.parametrize("arguments, word", [
    ([], "name at least one source"), (["example.org"], "https://"), (["example.org/?u=http://a/"], "add https://"), (["name=ftp://example.org/"], "name: "),
    (["--quorum", "2", "http://a/"], "--quorum"), (["--quorum", "0", "http://a/"], "--quorum"),
    (["--all", "--quorum", "2", "http://a/", "http://b/"], "--all and --quorum"),
    (["--extract", "ip", "http://a/"], "--extract"), (["--match", "(", "http://a/"], "--match"),
    (["--match", "a", "--extract", "/a", "http://a/"], "--match"), (["--valid", "ipv5", "http://a/"], "--valid"),
    (["--valid", "regex:(", "http://a/"], "--valid"), (["--fallback-exit", "256", "http://a/"], "--fallback-exit"),
    (["--fallback-exit", "x", "http://a/"], "--fallback-exit"), (["--stagger", "-1", "http://a/"], "--stagger"),
    (["--deadline", "soon", "http://a/"], "--deadline"), (["--json=x", "http://a/"], "json"),
    (["--mock", "nowhere.json", "http://a/"], "nowhere.json")])
def test_what_cannot_be_done_is_reported(race, arguments, word):
    result = race(*arguments)
    assert (result.status, result.stdout) == (2, b"")
    assert word in result.stderr


def test_options_may_come_from_the_environment_and_a_file(race, server, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text('[race]\nextract = "/ip"\nfallback = "from a file"\n')
    url = server.serve("/", b'{"ip":"a"}')
    assert race("--config", str(settings), url).stdout == b"a\n"
    assert race("--config", str(settings), "--extract", "/no", url).stdout == b"from a file\n"
    assert race(url, env={"RUNNEL_RACE_EXTRACT": "/ip"}).stdout == b"a\n"


def test_many_sources_race_with_few_descriptors(shell, server):
    server.serve_elsewhere(lambda talk: talk.hang())
    server.serve("/good", after(0.2, b"good\n"))
    slow = " ".join(server.url(f"/{number}") for number in range(50))
    result = shell(f'ulimit -n 64; "$runnel" race --deadline 60 {server.url("/good")} {slow}')
    assert (result.status, result.stdout) == (0, b"good\n")


# Sources, and --change-file


def test_a_source_twice_is_refused(race, server):
    url, other = server.serve("/", b"1"), server.serve("/other", b"1")
    for arguments, why in (([url, url], f"two sources are named {url}"), ([f"a={url}", f"a={other}"], "two sources are named a"),
                           (["--quorum", "2", f"a={url}", f"b={url}", f"c={other}"], "--quorum: a and b are the same URL")):
        result = race(*arguments)
        assert (result.status, result.stdout, server.requests) == (2, b"", [])
        assert why in result.stderr
    assert race(f"a={url}", f"b={url}").status == 0


@pytest.fixture
def value(server):
    """A service whose value the test sets."""
    class Value:
        now = "1"
        url = server.serve("/value", lambda talk: talk.reply(Value.now.encode()))
    return Value


SHOW = ["--", "sh", "-c", 'echo "$RUNNEL_PREVIOUS -> $RUNNEL_VALUE"']


def test_only_a_change_is_printed_and_kept(race, value, tmp_path):
    file = tmp_path / "value"
    run = functools.partial(race, "--change-file", str(file), value.url)
    assert [(run().status, run().stdout), file.read_text()] == [(0, b""), "1\n"]
    value.now = "2"
    assert (json.loads(run("--json").stdout)["value"], run("--json").stdout, file.read_text()) == ("2", b"", "2\n")
    assert run("--expect", "500").status == 3
    assert file.read_text() == "2\n"


def test_the_command_runs_for_a_change(race, value, tmp_path):
    run = functools.partial(race, "--change-file", str(tmp_path / "value"), value.url)
    assert run(*SHOW).stdout == b"1\n -> 1\n"
    assert run(*SHOW).stdout == b""
    value.now = "2"
    failed = run("--", "sh", "-c", "exit 7")
    assert failed.status == 7 and "--change-file keeps the previous value" in failed.stderr
    assert run("--", "no-such-command").status == 127
    assert run(*SHOW).stdout == b"2\n1 -> 2\n"
    assert (tmp_path / "value").read_text() == "2\n"


def test_a_signal_ends_the_command(start_race, value, tmp_path):
    session = start_race("--change-file", str(tmp_path / "value"), value.url, "--", "sh", "-c", "echo on; exec sleep 1000")
    assert [session.line(), session.line()] == [b"1\n", b"on\n"]
    session.signal(signal.SIGTERM)
    assert session.ends_within(10).status == 143
    assert not (tmp_path / "value").exists()


def test_the_change_file_may_be_set_elsewhere(race, value, tmp_path):
    file = tmp_path / "value"
    (tmp_path / "runnel.toml").write_text(f'[race]\nchange-file = "{file}"\n')
    assert race("--config", str(tmp_path / "runnel.toml"), value.url).stdout == b"1\n"
    assert race(value.url, env={"RUNNEL_RACE_CHANGE_FILE": str(file)}).stdout == b""


@pytest.mark.parametrize("arguments, why", [
    (["--", "true"], "CMD requires --change-file FILE"), (["--change-file", "-"], "--change-file: "),
    (["--change-file", "f", "--fallback", "x"], "--change-file and --fallback exclude each other"),
    (["--change-file", "f", "--all"], "--change-file and --all exclude each other"),
    (["--change-file", "/"], "--change-file: cannot read /")])
def test_a_change_file_that_cannot_be_used(race, arguments, why):
    result = race("http://127.0.0.1:1/", *arguments)
    assert result.status == 2 and why in result.stderr
