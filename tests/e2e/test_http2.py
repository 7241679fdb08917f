"""HTTP/2 on request: negotiated, complete or a failure, and never delayed by a slow reader elsewhere."""

import re
import threading
import time

import pytest

from support.http2 import Http2Server
from support.pace import duration, seconds

LINES = b"".join(b"%d of many lines\n" % number for number in range(40_000))
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, REFUSED_STREAM = 0, 1, 2, 7


@pytest.fixture
def http2(authority):
    """http2(answer) starts a server whose answer is a function(stream)."""
    running = []

    def start_server(answer, **options):
        running.append(Http2Server(authority.server, answer, **options))
        return running[-1]
    yield start_server
    for server in running:
        server.close()


@pytest.fixture
def trust(authority):
    return ("--cacert", authority.own.public)


def whole(stream):
    stream.head()
    stream.data(b"page\n", end=True)


def test_http2_is_used_only_with_the_option(fetch, http2, trust):
    server = http2(whole, protocols=("h2",))
    for options in (["--http2"], ["--http1.1", "--http2"]):
        record = fetch("--json", *trust, *options, server.url).record
        assert (record["ok"], record["http_version"]) == (True, "2")
    # It was not offered, and the server takes any request as HTTP/2.
    for options in ([], ["--http1.1"], ["--http2", "--http1.1"]):
        assert fetch("--json", "-m", duration(5), *trust, *options, server.url).status == 1


def test_a_server_without_http2_gets_http1(fetch, secure_server, server):
    for target in (secure_server, server):
        record = fetch("-k", "--json", "--http2", target.serve("/", b"page\n")).record
        assert (record["ok"], record["http_version"]) == (True, "1.1")
    assert "upgrade" not in server.requests[0].headers


def test_a_real_server_is_understood(fetch, http2_server, web, trust):
    urls = [http2_server.url(f"/{name}", "https") for name in ("text", "large", "empty", "one")] * 10
    result = fetch("--json", "--http2", "-j", "8", *trust, *urls)
    assert {(record["ok"], record["http_version"], record["response_code"]) for record in result.records} == \
        {(True, "2", 200)}
    assert fetch("--http2", *trust, urls[1]).stdout == (web.files / "large").read_bytes()
    missing = fetch("--json", "--http2", *trust, http2_server.url("/no/such/file", "https")).record
    assert (missing["error"], missing["response_code"]) == ("http_status", 404)


def test_a_connection_is_used_again(fetch, http2, trust):
    server = http2(whole)
    assert fetch("--http2", "-j", "1", *trust, *[server.url] * 20).stdout == b"page\n" * 20
    assert (server.connections, server.requests) == (1, 20)


def pauses_alone(runnel):
    """Whether libcurl can pause one response without the others on the connection."""
    version = re.search(r"libcurl/(\d+)\.(\d+)", runnel("--version").stdout.decode())
    return (int(version[1]), int(version[2])) >= (8, 1)


def test_responses_at_a_time_come_whole_and_share_a_connection_only_if_none_holds_up_another(
        runnel, fetch, http2, trust):
    everyone = threading.Barrier(10)

    def answer(stream):
        everyone.wait(seconds(30))
        stream.head()
        stream.data(LINES[:100_000])
        stream.data(LINES[100_000:], end=True)
    server = http2(answer)
    result = fetch("--http2", "-j", "10", "--tag", *trust, *[f"{server.url}{number}" for number in range(10)])
    assert result.status == 0
    assert server.connections == (1 if pauses_alone(runnel) else 10)
    bodies = {}
    for line in result.lines:
        url, _, text = line.partition(b"\t")
        bodies.setdefault(url, []).append(text)
    assert len(bodies) == 10 and all(b"".join(texts) == LINES for texts in bodies.values())


def test_a_slow_reader_loses_nothing(start, http2, trust):
    def answer(stream):
        stream.head()
        for _ in range(10):
            stream.data(LINES)
        stream.data(b"", end=True)
    server = http2(answer)
    session = start("--http2", "--idle-timeout", duration(1), *trust, server.url)
    assert session.line() == b"0 of many lines\n"
    server.wait_until_stalled()
    time.sleep(2 * float(duration(1).removesuffix("ms")) / 1000)
    result = session.result()
    assert (result.status, result.stdout) == (0, LINES * 10)


# Truncated bodies


def cut(ending, length=None):
    """Answers with the beginning of a body, and ends it in some way."""
    def answer(stream):
        stream.head({"content-length": str(length)} if length else None)
        stream.data(b"one\ntwo\nthr")
        ending(stream)
    return answer


def gone_away(stream):
    stream.go_away()
    stream.close()


CUTS = {
    "the connection ends": lambda stream: stream.close(),
    "the connection is closed orderly": gone_away,
    "the server gives up": lambda stream: stream.reset(INTERNAL_ERROR),
    "the server gives up and closes": lambda stream: stream.reset(INTERNAL_ERROR, close=True),
    "the stream is said to be unknown": lambda stream: (stream.go_away(0), stream.close()),
    "the server breaks the connection off": lambda stream: stream.reset(NO_ERROR, close=True),
}


@pytest.mark.parametrize("length", [None, 100], ids=["of unknown length", "of known length"])
@pytest.mark.parametrize("ending", CUTS)
def test_a_body_that_is_cut_off_is_not_a_success(fetch, http2, trust, ending, length):
    server = http2(cut(CUTS[ending], length))
    result = fetch("--json", "--retry", "0", "-j", "1", "--http2", *trust, *[server.url] * 4)
    assert [record["error"] for record in result.records] == ["truncated"] * 4
    result = fetch("--retry", "0", "--http2", *trust, server.url)
    assert (result.status, result.stdout) == (1, b"one\ntwo\n")


@pytest.fixture
def sees_the_end(runnel):
    """Whether the libcurl in use shows how a stream ended (since 8.3)."""
    version = re.search(r"libcurl/(\d+)\.(\d+)", runnel("--version").stdout.decode())
    return tuple(map(int, version.groups())) >= (8, 3)


def test_a_body_that_is_given_up_without_an_error_is_not_a_success(fetch, http2, trust, sees_the_end):
    server = http2(cut(lambda stream: stream.reset(NO_ERROR), None))
    result = fetch("--json", "--retry", "0", "-j", "2", "--http2", *trust, *[server.url] * 4)
    expected = "truncated" if sees_the_end else None
    assert [record["error"] for record in result.records] == [expected] * 4


def test_a_whole_body_whose_connection_ends_with_it_is_a_success(fetch, http2, trust, sees_the_end):
    def answer(stream):
        stream.head()
        stream.data(b"one\ntwo\n", end=True)
        stream.go_away()
        stream.close()
    server = http2(answer)
    result = fetch("--json", "--retry", "0", "-j", "1", "--http2", *trust, *[server.url] * 4)
    # Otherwise it cannot be distinguished from a cut one.
    expected = None if sees_the_end else "truncated"
    assert [record["error"] for record in result.records] == [expected] * 4


@pytest.mark.parametrize("ending", [lambda stream: stream.data(b"", end=True), lambda stream: stream.reset(NO_ERROR)],
                         ids=["as if it were whole", "without an error"])
def test_a_body_that_is_shorter_than_announced_is_not_a_success(fetch, http2, trust, ending):
    server = http2(cut(ending, 100))
    record = fetch("--json", "--retry", "0", "--http2", *trust, server.url).record
    assert record["error"] == "truncated", record


def test_a_body_without_bytes_needs_no_end(fetch, http2, trust):
    server = http2(lambda stream: stream.head({"content-length": "0"}, end=True))
    assert fetch("--json", "--http2", *trust, server.url).record["ok"]


def test_a_connection_that_ends_after_a_whole_body_is_not_a_failure(fetch, http2, trust):
    def answer(stream):
        stream.head({"content-length": "5"})
        stream.data(b"page\n", end=True)
        gone_away(stream)
    server = http2(answer)
    result = fetch("--http2", "--retry", "0", "-j", "1", *trust, *[server.url] * 10)
    assert (result.status, result.stdout) == (0, b"page\n" * 10)


def test_a_server_that_gives_up_before_it_answers_is_a_connection_that_broke(fetch, http2, trust):
    for ending in (lambda stream: stream.reset(INTERNAL_ERROR), lambda stream: stream.close()):
        server = http2(ending)
        record = fetch("--json", "--retry", "0", "--http2", *trust, server.url).record
        assert (record["error"], record["response_code"]) == ("connect", None)


def test_invalid_frames_are_a_protocol_failure(fetch, http2, trust):
    server = http2(lambda stream: stream.data(b"a body without a head"))
    assert fetch("--json", "--retry", "0", "-m", duration(5), "--http2", *trust, server.url).record["error"] == "protocol"


def test_a_stream_is_idle_beside_a_busy_one(runnel, fetch, http2, trust):
    if not pauses_alone(runnel):
        pytest.skip("responses do not share a connection")

    def answer(stream):
        stream.head()
        stream.data(b"one\n")
        while stream.number == silent and not stream.stopping.is_set():
            stream.pause(0.1)
        while not stream.stopping.is_set():
            stream.data(b"busy\n")
            stream.pause(0.1)
    for silent in (1, 3):
        server = http2(answer)
        result = fetch("--json", "--retry", "0", "--idle-timeout", duration(0.5), "-m", duration(2), "--http2", *trust,
                       server.url, server.url)
        assert server.connections == 1
        assert sorted(record["error"] for record in result.records) == ["idle", "timeout"]


def test_silence_has_its_limits(fetch, http2, trust):
    server = http2(lambda stream: (stream.head(), stream.data(b"one\n")))
    for option, error in (("--idle-timeout", "idle"), ("-m", "timeout")):
        result = fetch("--json", "--retry", "0", option, duration(0.5), "--http2", *trust, server.url)
        assert result.record["error"] == error
        assert result.seconds < seconds(5)
