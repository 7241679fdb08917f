"""Kept connections: an answer belongs to its request, and a request is sent as often as its record says."""

import itertools
import json
import socket
import threading

import pytest

from support.http2 import Http2Server
from support.pace import seconds
from support.server import Server

HTTP_1_1_REQUIRED, REFUSED_STREAM = 13, 7
EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevil\n"


@pytest.fixture(params=["http", "https"])
def site(request, self_signed):
    scripted = Server(tls=self_signed if request.param == "https" else None)
    yield scripted
    scripted.close()


def kept(talk, *pieces):
    """Sends these bytes, which arrive together and are a TLS record each, and takes further requests."""
    talk.keep_alive = True
    talk.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    talk.send(*pieces)
    talk.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


def bodies(result):
    """Body and attempts of each record."""
    records = [json.loads(line) for line in result.lines]
    return [(record.get("response_body"), record["attempts"]) for record in records]


# A response too many

SURPLUS = {
    "with the response": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngood\n" + EVIL,),
    "with the end of the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"good\n" + EVIL),
    "after the response": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngood\n", EVIL),
    "after a chunked response": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ngood\n\r\n0\r\n\r\n", EVIL),
    "after a response without a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", EVIL),
    "byte by byte": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngood\n", *(EVIL[at:at + 1] for at in range(len(EVIL)))),
}


@pytest.mark.parametrize("jobs", ["1", "4"])
@pytest.mark.parametrize("pieces", SURPLUS.values(), ids=SURPLUS)
def test_a_response_too_many_answers_no_request(fetch, site, pieces, jobs):
    url = site.serve("/", lambda talk: kept(talk, *pieces))
    result = fetch("-k", "--json", "--body", "-j", jobs, *[url] * 12)
    expected = "" if b"Length: 0" in pieces[0] else "good\n"
    assert bodies(result) == [(expected, 1)] * 12
    assert len(site.requests) == 12


def ask_twice(site, url, say, method):
    """Something arrives between the requests, after the first one has its record."""
    read, sent = threading.Event(), threading.Event()

    def answer(talk):
        talk.reply(b"good\n")
        if talk.request.connection == 1:
            assert read.wait(seconds(30))
            talk.send(EVIL)
            sent.set()
    site.serve("/", answer)
    request = json.dumps({"url": url, "method": method})
    session = say(request)
    session.line()
    read.set()
    assert sent.wait(seconds(30))
    session.say(request)
    session.end_input()
    assert bodies(session.result()) == [("good\n", 1)] * 2
    assert (len(site.requests), site.connections) == (2, 2)


@pytest.fixture
def ask(start):
    """Starts a run with one line of input, and keeps its input open."""
    def begin(*options):
        def say(line):
            session = start("-k", "--json", "--body", "-j", "1", *options)
            session.say(line)
            return session
        return say
    return begin


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_late_response_too_many_answers_no_request(ask, site, method):
    ask_twice(site, site.url("/"), ask(), method)


def test_a_late_response_too_many_from_a_socket_file_answers_no_request(ask, tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    listener.listen()
    site = Server(listener=listener)
    ask_twice(site, "http://localhost/", ask("--unix-socket", str(tmp_path / "socket")), "GET")
    site.close()


def test_a_connection_on_which_nothing_arrives_is_kept(fetch, site):
    url = site.serve("/", b"page\n")
    assert fetch("-k", "-j", "1", *[url] * 50).stdout == b"page\n" * 50
    assert site.connections == 1


def test_a_connection_that_is_asked_to_close_is_not_kept(fetch, site):
    url = site.serve("/", b"page\n")
    assert fetch("-k", "-j", "1", "-H", "Connection: close", *[url] * 3).stdout == b"page\n" * 3
    assert site.connections == 3


# A request sent twice


def ends_kept(ending):
    """Answers the first request of a connection, and ends the connection when it has read another one."""
    seen = set()

    def answer(talk):
        if talk.request.connection in seen:
            ending(talk)
        else:
            seen.add(talk.request.connection)
            talk.reply(b"page\n")
    return answer


ENDINGS = {"FIN": lambda talk: None, "RST": lambda talk: talk.reset()}


def lines_of(url, method, body=""):
    return "".join(json.dumps(line) + "\n" for line in (
        {"url": f"{url}first"}, {"url": f"{url}second", "method": method, **({"body": body} if body else {})})).encode()


@pytest.mark.parametrize("size", [0, 3, 300_000])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_request_that_is_not_idempotent_is_not_sent_twice(fetch, site, ending, method, size):
    site.serve_elsewhere(ends_kept(ending))
    result = fetch("-k", "--json", "-j", "1", input=lines_of(site.url("/"), method, "x" * size))
    first, second = result.records
    assert first["ok"]
    assert (second["ok"], second["error"], second["attempts"]) == (False, "connect", 1), second
    assert second["exitcode"] not in (0, 42)
    assert [request.method for request in site.requests] == ["GET", method]
    assert len(site.requests[1].body) == size


def test_it_is_retried_with_the_option(fetch, site):
    site.serve_elsewhere(ends_kept(lambda talk: talk.reset()))
    result = fetch("-k", "--json", "-j", "1", "--retry-non-idempotent", "--retry-delay", "10ms",
                   input=lines_of(site.url("/"), "POST", "abc"))
    assert [(record["ok"], record["attempts"]) for record in result.records] == [(True, 1), (True, 2)]
    assert [request.method for request in site.requests] == ["GET", "POST", "POST"]


@pytest.mark.parametrize("method, size", [("GET", 0), ("DELETE", 0), ("PUT", 300_000)])
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_an_idempotent_request_on_a_kept_connection_that_ends_is_sent_once_more(fetch, site, ending, method, size):
    site.serve_elsewhere(ends_kept(ending))
    result = fetch("-k", "--json", "-j", "1", "--retry", "0", input=lines_of(site.url("/"), method, "x" * size))
    assert [(record["ok"], record["attempts"]) for record in result.records] == [(True, 1), (True, 2)]
    assert [(request.method, request.connection) for request in site.requests] == \
        [("GET", 1), (method, 1), (method, 2)]


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_it_is_not_sent_a_third_time(fetch, site, ending):
    site.serve("/first", b"page\n")
    site.serve("/second", ending)
    result = fetch("-k", "--json", "-j", "1", "--retry", "0", input=lines_of(site.url("/"), "GET"))
    assert result.records[1]["error"] in ("connect", "protocol")
    assert result.records[1]["attempts"] == 2
    assert [request.path for request in site.requests] == ["/first", "/second", "/second"]


def test_kept_connections_that_all_end_cost_one_request_each(fetch, site):
    site.serve_elsewhere(ends_kept(lambda talk: talk.reset()))
    result = fetch("-k", "--json", "-j", "8", "--retry", "0", *[site.url(f"/{number}") for number in range(100)])
    assert all(record["ok"] for record in result.records)
    assert sum(record["attempts"] for record in result.records) == len(site.requests)


def test_an_expectation_that_fails_is_the_answer(fetch, site):
    url = site.serve("/", lambda talk: talk.reply(b"no\n", status=417))
    line = json.dumps({"url": url, "method": "POST", "headers": {"Expect": "100-continue"}})
    result = fetch("-k", "--json", input=line.encode())
    assert (result.record["error"], result.record["response_code"]) == ("http_status", 417)
    assert (result.record["attempts"], len(site.requests)) == (1, 1)


# HTTP/2


@pytest.fixture
def http2(authority):
    running = []

    def start_server(answer, http1=None):
        running.append(Http2Server(authority.server, answer, ("h2", "http/1.1"), http1))
        return running[-1]
    yield start_server
    for server in running:
        server.close()


@pytest.fixture
def over_http2(fetch, authority):
    def run(*args, **options):
        return fetch("--cacert", authority.own.public, "--http2", "--json", *args, **options)
    return run


def page(sock):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\none\ntwo\nsix\n")


def test_a_body_that_has_begun_is_not_begun_again_over_http1(fetch, over_http2, http2, authority):
    def answer(stream):
        stream.head()
        stream.data(b"one\ntwo\nthr")
        stream.reset(HTTP_1_1_REQUIRED)
    server = http2(answer, http1=page)
    record = over_http2("--retry", "0", server.url).record
    assert (record["error"], record["attempts"]) == ("truncated", 1), record
    assert record["exitcode"] not in (0, 42)
    assert (server.requests, server.http1_requests) == (1, 0)
    lines = fetch("--cacert", authority.own.public, "--http2", "--retry", "0", server.url)
    assert (lines.status, lines.stdout) == (1, b"one\ntwo\n")


@pytest.mark.parametrize("method, sent", [("GET", (1, 1)), ("POST", (1, 0))])
def test_a_server_that_requires_http1_gets_an_idempotent_request_once_more(over_http2, http2, method, sent):
    server = http2(lambda stream: stream.reset(HTTP_1_1_REQUIRED), http1=page)
    record = over_http2("--retry", "0", "-X", method, server.url).record
    assert (server.requests, server.http1_requests) == sent
    assert (record["ok"], record["attempts"]) == (method == "GET", sum(sent)), record
    assert record["ok"] or record["error"] == "connect" and "--http1.1" in record["errormsg"]


@pytest.mark.parametrize("method, sent", [("GET", 3), ("POST", 2)])
@pytest.mark.parametrize("ending", [lambda stream: stream.close(), lambda stream: stream.cut()], ids=["FIN", "RST"])
def test_a_kept_connection_of_http2_that_ends_is_one_that_ends(over_http2, http2, ending, method, sent):
    numbers = itertools.count(1)

    def answer(stream):
        if next(numbers) == 2:
            return ending(stream)
        stream.head({"content-length": "5"})
        stream.data(b"page\n", end=True)
    server = http2(answer, http1=page)
    result = over_http2("--retry", "0", "-j", "1", input=lines_of(server.url, method))
    first, second = result.records
    assert first["ok"]
    assert (second["ok"], second["attempts"]) == ((True, 2) if method == "GET" else (False, 1)), second
    assert second["ok"] or second["error"] == "connect" and "http1" not in second["errormsg"]
    assert (server.requests, server.http1_requests) == (sent, 0)


@pytest.mark.parametrize("retries", [0, 2])
def test_each_request_that_is_refused_is_counted(over_http2, http2, retries):
    server = http2(lambda stream: stream.reset(REFUSED_STREAM))
    record = over_http2("--retry", str(retries), "--retry-delay", "10ms", server.url).record
    assert (record["ok"], record["error"], record["attempts"]) == (False, "connect", 1 + retries), record
    assert server.requests == 1 + retries


# The end of a TLS connection


def until_close(talk):
    talk.head({"Connection": "close"})
    talk.send(b"one\ntwo\nthr")


def test_a_body_that_is_cut_without_a_close_notify_is_truncated(fetch, secure_server):
    url = secure_server.serve("/", until_close)
    record = fetch("-k", "--json", "--retry", "0", url).record
    assert (record["error"], record["attempts"]) == ("truncated", 1), record
    lines = fetch("-k", "--retry", "0", url)
    assert (lines.status, lines.stdout) == (1, b"one\ntwo\n")


def test_a_body_that_ends_with_a_close_notify_is_whole(fetch, secure_server):
    def answer(talk):
        until_close(talk)
        talk.sock.unwrap()
    lines = fetch("-k", "--retry", "0", secure_server.serve("/", answer))
    assert (lines.status, lines.stdout) == (0, b"one\ntwo\nthr\n")
