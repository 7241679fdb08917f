"""What a run prints, in each format: --raw, --whole, --extract, --show-header, -w, --json --body."""

import base64
import itertools
import json
import re
import signal
import subprocess
import threading
import time

import pytest

from support import records, tool
from support.bodies import in_pieces
from support.pace import count, memory_limit, seconds

MEGABYTE = 1 << 20
FAST = ("--retry-delay", "1ms")
BINARY = bytes(range(256)) * 4 + b"\r\n\n\xff no newline"


def cut_short(body):
    """A handler that announces more than it sends."""
    def answer(talk):
        talk.head({"Content-Length": len(body) + 1})
        talk.send(body)
    return answer


def with_headers(body=b"", **headers):
    return lambda talk: talk.reply(body, headers={name.replace("_", "-"): value for name, value in headers.items()})


class Held:
    """Sends the first part of a body, and the rest when the test says so."""

    def __init__(self, first, rest):
        self.parts = first, rest
        self.go = threading.Event()

    def __call__(self, talk):
        first, rest = self.parts
        talk.head({"Content-Length": len(first) + len(rest)})
        talk.send(first)
        assert self.go.wait(seconds(60))
        talk.send(rest)


def settled(value):
    """The value, once it has not changed for a second."""
    before, now = None, value()
    while now != before:
        time.sleep(seconds(1))
        before, now = now, value()
    return now


# --raw

def test_raw_prints_the_bytes_of_a_body_and_nothing_else(fetch, server):
    result = fetch("--raw", server.serve("/", BINARY))
    assert (result.status, result.stdout) == (0, BINARY)


def test_raw_prints_the_first_body_as_it_arrives_and_the_others_after_it(start, server):
    first = Held(b"first\n", b"second\n")
    session = start("--raw")
    session.say(server.serve("/held", first))
    assert session.line() == b"first\n"
    session.say(server.serve("/quick", b"third\n"), server.serve("/empty", b""))
    server.wait_until(lambda: server.requests_to("/empty") and server.active == 1)
    first.go.set()
    session.end_input()
    result = session.result()
    assert (result.status, result.stdout) == (0, b"first\nsecond\nthird\n")


def test_fifty_large_bodies_come_out_one_after_another_at_the_pace_of_a_slow_reader(start, server):
    size = count(40) * 100_000
    together = threading.Barrier(50)

    def answer(talk):
        together.wait(seconds(30))
        talk.head({"Content-Length": size})
        talk.send(bytes([int(talk.request.query)]) * size)
    url = server.serve("/", answer)
    session = start("--raw", "--order-buffer", "8M", *[f"{url}?{n}" for n in range(50)])
    time.sleep(seconds(1))  # without a reader
    order = []
    for _ in range(50):
        body = bytearray()
        while len(body) < size and (piece := session.read(min(size - len(body), 300_000))):
            body += piece
        assert bytes(body) == bytes(body[:1]) * size, "bodies are mixed"
        order.append(body[0])
        if len(order) == 49:  # the process ends soon after the last one
            assert session.peak_memory() < memory_limit(64)
    assert sorted(order) == list(range(50))
    assert session.result().status == 0


@pytest.mark.parametrize("buffer, everything", [("1M", False), ("128M", True), ("0", True)])
def test_order_buffer_says_how_much_may_wait_for_its_turn(start, server, buffer, everything):
    first, size, sent = Held(b"first\n", b"end of it\n"), 48 * MEGABYTE, []

    def large(talk):
        talk.head({"Content-Length": size})
        for _ in range(48):
            talk.send(b"x" * MEGABYTE)
            sent.append(MEGABYTE)
    session = start("--raw", "--order-buffer", buffer)
    session.say(server.serve("/held", first))
    assert session.line() == b"first\n"
    session.say(server.serve("/large", large))
    session.end_input()
    held_back = settled(lambda: sum(sent))
    first.go.set()
    rest = len(b"end of it\n") + size
    assert session.skip(rest + 1) == rest
    assert session.result().status == 0
    # What is not parked is in the buffers of the sockets.
    assert held_back == size if everything else held_back < 24 * MEGABYTE


def test_raw_prints_nothing_of_a_body_that_fails_before_its_turn_and_retries_it(start, server):
    first, failed = Held(b"first\n", b"second\n"), threading.Event()

    def flaky(talk):
        if failed.is_set():
            return talk.reply(b"third\n")
        cut_short(b"not this\n")(talk)
        return failed.set()
    session = start("--raw", *FAST)
    session.say(server.serve("/held", first))
    assert session.line() == b"first\n"
    session.say(server.serve("/flaky", flaky))
    server.wait_until(lambda: len(server.requests_to("/flaky")) == 2 and server.active == 1)
    first.go.set()
    session.end_input()
    result = session.result()
    assert (result.status, result.stdout) == (0, b"first\nsecond\nthird\n")


def test_raw_does_not_retry_a_body_that_it_has_begun_to_print(fetch, server):
    url = server.serve("/", cut_short(b"half of it"))
    result = fetch("--raw", *FAST, url)
    assert (result.status, result.stdout) == (1, b"half of it")
    assert len(server.requests) == 1


def test_a_slow_body_that_is_cancelled_at_the_deadline_lets_out_what_is_complete(fetch, server):
    slow = server.serve("/slow", Held(b"slow ", b"never"))
    quick = server.serve("/quick", lambda talk: talk.pause(0.2) or talk.reply(b"quick"))
    result = fetch("--raw", "--deadline", f"{seconds(2)}s", slow, quick)
    assert (result.status, result.stdout) == (124, b"slow quick")


# --whole

def test_whole_prints_nothing_of_a_truncated_body_and_retries_it(fetch, server):
    url = server.serve("/", cut_short(b"one\ntwo\n"))
    result = fetch("--whole", *FAST, url)
    assert (result.status, result.stdout, len(server.requests)) == (1, b"", 3)
    assert fetch(*FAST, url).stdout == b"one\ntwo\n"


@pytest.mark.parametrize("options", [["--tag"], ["--raw"]], ids=" ".join)
def test_whole_bodies_are_not_mixed_whatever_their_size_and_the_pace_of_the_reader(start, server, options):
    number, size = 10, 30_000
    together = threading.Barrier(number)

    def answer(talk):
        together.wait(seconds(30))
        talk.reply(b"%s and more of it\n" % talk.request.query.encode() * size)
    url = server.serve("/", answer)
    session = start("--whole", *options, *[f"{url}?{n}" for n in range(number)])
    time.sleep(seconds(0.5))  # without a reader
    result = session.result()
    names = [re.search(rb"(\d) and more", line)[1] for line in result.lines]
    assert sorted(names) == sorted(b"%d" % n for n in range(number) for _ in range(size))
    assert len(list(itertools.groupby(names))) == number, "bodies are mixed"


def test_whole_and_raw_prints_complete_bodies_as_they_are(fetch, server):
    urls = [server.serve("/cut", cut_short(b"cut")), server.serve("/binary", BINARY)]
    result = fetch("--whole", "--raw", "--retry", "0", *urls)
    assert (result.status, result.stdout) == (1, BINARY)


@pytest.mark.parametrize("options", [["--whole"], ["--whole", "--raw"], ["--json", "--body"], ["--extract", ""],
                                     ["-w", "%json{}"]], ids=" ".join)
def test_a_body_that_is_held_may_have_16_megabytes_unless_max_body_says_otherwise(fetch, server, options):
    url = server.serve("/", b'"' + b"x" * 17 * MEGABYTE + b'"')
    assert fetch("--max-line", "0", *options, "--max-body", "0", url).status == 0
    result = fetch("--max-line", "0", *options, url)
    assert result.status == 1
    assert "too_large" in result.stderr
    assert b"xxx" not in result.stdout


@pytest.mark.parametrize("options", [[], ["--raw"], ["--json"], ["--whole", "--json"], ["--show-header", "x"],
                                     ["--extract", "", "--lines"]], ids=" ".join)
def test_a_body_that_is_not_held_has_no_limit(fetch, server, options):
    url = server.serve("/", (b'"' + b"x" * (MEGABYTE - 3) + b'"\n') * 17)
    assert fetch(*options, url).status == 0


# --extract

def test_extract_prints_a_line_of_values_for_each_body(fetch, server):
    url = server.serve("/", in_pieces(b'{"user": "a\\tb\\u00fc', b'", "n": 1.50, "tags": [1, {"x": ', b"null}]}\n"))
    result = fetch("--extract", "/user", "--extract", "/n", "--extract", "/tags", "--tag", url)
    assert (result.status, result.stdout.decode()) == (0, url + '\ta\\tbü\t1.50\t[1,{"x":null}]\n')


@pytest.mark.parametrize("body", [b'{"b": 1}', b"<html>", b'{"a": 1', b"", b'{"a": 1} {"a": 2}'], ids=repr)
def test_extract_fails_without_the_value_or_without_json(fetch, server, body):
    result = fetch("--extract", "/a", server.serve("/", body))
    assert (result.status, result.stdout) == (1, b"")
    assert ": extract: " in result.stderr
    assert len(server.requests) == 1


def test_extract_prints_nothing_of_a_truncated_body(fetch, server):
    result = fetch("--extract", "/a", "--retry", "0", server.serve("/", cut_short(b'{"a": 1}')))
    assert (result.status, result.stdout) == (1, b"")
    assert "truncated" in result.stderr


def test_extract_with_lines_prints_the_values_of_each_line_as_it_arrives(start, server):
    seen = threading.Event()

    def answer(talk):
        talk.head({"Transfer-Encoding": "chunked"})
        talk.chunk(b'{"user": "ann"}\n{"us')
        assert seen.wait(seconds(30))
        talk.chunk(b'er": "bob"}\n\n{"user": "eve"}')
        talk.last_chunk()
    session = start("--lines", "--extract", "/user", server.serve("/", answer))
    assert session.line() == b"ann\n"
    seen.set()
    result = session.result()
    assert (result.status, result.stdout) == (0, b"ann\nbob\neve\n")


def test_extract_with_lines_ends_at_a_line_without_the_value_with_those_before_it_printed(fetch, server):
    url = server.serve("/", b'{"a": 1}\n{"a": 2}\n{"b": 3}\n{"a": 4}\n')
    result = fetch("--lines", "--extract", "/a", url)
    assert (result.status, result.stdout) == (1, b"1\n2\n")
    assert "extract: line 3" in result.stderr
    assert fetch("--lines", "--whole", "--extract", "/a", url).stdout == b""


def test_the_values_of_many_lines_from_many_urls(fetch, server):
    number = count(20_000)
    bodies = {n: b"".join(b'{"id": [%d, %d], "text": "%s"}\n' % (n, line, b"x" * (line % 97)) for line in range(number))
              for n in range(8)}
    url = server.serve("/", lambda talk: talk.reply(bodies[int(talk.request.query)]))
    result = fetch("--lines", "--extract", "/id/0", "--extract", "/id/1", *[f"{url}?{n}" for n in bodies])
    assert result.status == 0
    for n in bodies:
        mine = [line for line in result.lines if line.startswith(b"%d\t" % n)]
        assert mine == [b"%d\t%d\n" % (n, line) for line in range(number)]


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_no_lines_and_no_values(fetch, server, status):
    url = server.serve("/", lambda talk: talk.reply(status=status))
    expect = ("--expect", str(status))
    assert (fetch(*expect, url).status, fetch(*expect, "--raw", url).status) == (0, 0)
    assert fetch(*expect, "--lines", "--extract", "/a", url).status == 0
    assert fetch(*expect, "--extract", "/a", url).status == 1


# --show-header

def test_show_header_prints_the_values_of_each_response(fetch, server):
    url = server.serve("/", with_headers(b"body\n", X_One="1", X_Two="a\tb \\"))
    result = fetch("--show-header", "x-two", "--show-header", "X-None", "--show-header", "X-ONE", "--tag", url)
    assert (result.status, result.stdout.decode()) == (0, f"{url}\ta\\tb \\\\\t\t1\n")


def test_show_header_shows_those_of_the_last_hop_when_its_body_is_complete(fetch, server):
    there = server.serve("/there", with_headers(b"body\n", X_One="there"))
    hop = server.serve("/hop", lambda talk: talk.reply(status=302, headers={"Location": there, "X-One": "hop"}))
    cut = server.serve("/cut", cut_short(b"half"))
    result = fetch("--show-header", "X-One", "--retry", "0", hop, cut)
    assert (result.status, result.stdout) == (1, b"there\n")


def test_show_header_shows_all_values_of_a_header_that_came_twice(fetch, server):
    def answer(talk):
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-One: 1\r\nX-One: 2\r\n\r\n")
    assert fetch("--show-header", "x-one", server.serve("/", answer)).stdout == b"1, 2\n"


# --missing

def test_missing_stands_for_values_that_are_not_there_and_for_failed_inputs(fetch, server):
    bodies = {"both": b'{"a": 1, "b": null}', "one": b'{"b": "x\\ty"}', "neither": b"[]", "html": b"<p>", "empty": b""}
    urls = [server.serve(f"/{name}", body) for name, body in bodies.items()]
    inputs = [*urls, "no url", server.url("/gone"), server.serve("/cut", cut_short(b'{"a": 1}'))]
    result = fetch("--extract", "/a", "--extract", "/b", "--missing", "-\t", "--keep-order", "--retry", "0",
                   input="\n".join(inputs).encode())
    lacks = "-\\t"
    rows = ["1\tnull", f"{lacks}\tx\\ty"] + [f"{lacks}\t{lacks}"] * 6
    assert (result.status, result.stdout.decode().splitlines()) == (1, rows)
    assert fetch("--extract", "/a", "--missing", "", *urls[1:3]).stdout == b"\n\n"


@pytest.mark.parametrize("options", [[], ["--whole"], ["--keep-order"], ["--whole", "--keep-order"]], ids=" ".join)
def test_missing_has_one_line_for_each_input(fetch, server, options):
    there = server.serve("/there", with_headers(b'{"a": 1}', X_One="1"))
    lacks, gone = server.serve("/lacks", b"{}"), server.url("/gone")
    inputs = [there, gone, lacks, "no url"] * 5
    for asked in (["--extract", "/a"], ["--show-header", "X-One"]):
        result = fetch(*asked, "--missing", "?", "--tag", "-j", "3", *options, input="\n".join(inputs).encode())
        lines = [f"{url}\t{'1' if url == there else '?'}" for url in inputs]
        shown = result.stdout.decode().splitlines()
        assert (shown if "--keep-order" in options else sorted(shown)) == \
            (lines if "--keep-order" in options else sorted(lines))
        assert result.status == 1


def test_missing_adds_no_second_line_after_a_stop(start, server):
    never = server.serve("/never", lambda talk: talk.hang())
    session = start("--extract", "/a", "--missing", "?", "--keep-order", "--grace", "0.1", never,
                    server.serve("/", b'{"a": 1}'))
    assert settled(lambda: len(server.requests)) == 2
    session.signal(signal.SIGINT)
    assert session.result().stdout in (b"?\n1\n", b"?\n?\n")


# -w

CURLS_NAMES = ("http_code", "response_code", "size_download", "size_header", "url", "url_effective", "content_type",
               "http_version", "num_redirects", "remote_ip", "remote_port", "method", "exitcode", "errormsg")
FORMAT = "".join(f"%{{{name}}}\\t" for name in CURLS_NAMES) + r"%header{X-One}|%header{none}|100%% %d \x\r\n"


@pytest.mark.parametrize("path", ["/page", "/gone", "/hop", "/nothing"])
def test_write_out_prints_what_curl_prints(fetch, server, path):
    server.serve("/page", with_headers(b"12345\n", Content_Type="text/plain; charset=utf-8", X_One="one"))
    server.serve("/hop", lambda talk: talk.reply(b"moved", 302, {"Location": "/page", "X-One": "hop"}))
    server.serve("/nothing", lambda talk: talk.reply(status=204))
    url = server.url(path)
    curl = subprocess.run(["curl", "-sL", "-o", "/dev/null", "-w", FORMAT, url], capture_output=True, check=True,
                          env=tool.environment())
    result = fetch("--expect", "any", "-w", FORMAT, url)
    assert (result.status, result.stdout) == (0, curl.stdout)


def test_write_out_prints_three_zeros_for_no_response_as_curl_does(fetch):
    url = "http://127.0.0.1:1/"
    argv = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{exitcode} %{size_download}", url]
    curl = subprocess.run(argv, capture_output=True, check=False, env=tool.environment())
    result = fetch("--retry", "0", "-w", "%{http_code} %{exitcode} %{size_download}", url)
    assert (result.status, result.stdout) == (1, curl.stdout)


def test_write_out_prints_for_every_input_whatever_its_result(fetch, server):
    urls = [server.serve("/good", b"good\n"), server.url("/gone"), server.serve("/hangs", lambda talk: talk.hang())]
    text = "nonsense\n" + "\n".join(urls)
    result = fetch("-w", r"%{line} %{http_code} %{state} %{error}\n", "--deadline", f"{seconds(1)}s", input=text.encode())
    assert sorted(result.lines) == [b"1 000 failed bad_input\n", b"2 200 delivered \n", b"3 404 failed http_status\n",
                                    b"4 000 cancelled deadline\n"]
    assert result.status == 124


def test_write_out_prints_values_of_the_body(fetch, server):
    url = server.serve("/", with_headers(b'{"name": "x\\ny", "list": [1, 2]}', X_One="1"))
    result = fetch("-w", r"%json{/name} %header{x-one} %json{/list}\n", url)
    assert (result.status, result.stdout) == (0, b"x\\ny 1 [1,2]\n")
    result = fetch("-w", r"<%json{/none}> %json{/list/0} %{error}\n", url)
    assert (result.status, result.stdout) == (1, b"<> 1 extract\n")


def test_write_out_prints_the_headers_of_an_answer_that_is_not_expected(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(status=404, headers={"X-One": "here"}))
    assert fetch("-w", "%header{x-one}", url).stdout == b"here"


def test_write_out_prints_nothing_of_an_attempt_that_is_not_the_last(fetch, server):
    answers = iter([lambda talk: talk.reply(status=503, headers={"X-One": "first"})])
    url = server.serve("/", lambda talk: next(answers, lambda talk: talk.reset())(talk))
    result = fetch("-w", "<%header{x-one}> %{http_code}", "--retry", "1", *FAST, url)
    assert (result.status, result.stdout) == (1, b"<> 000")


def test_write_out_reads_its_format_from_a_file(fetch, server, tmp_path):
    text = tmp_path / "format"
    text.write_text("%{http_code} \n%{method}\\n\n")
    assert fetch("-w", f"@{text}", server.serve("/", b"")).stdout == b"200 GET\n"


def as_text(key, value):
    if value is None:
        return "0.000000" if key.startswith("time_") else ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def test_write_out_knows_every_key_of_the_record(fetch, server):
    keys = sorted(records.KEYS)
    form = r"%{json}\n" + r"\n".join(f"%{{{key}}}" for key in keys)
    record, *values = fetch("-w", form, server.serve("/", b"x")).stdout.decode().split("\n")
    assert dict(zip(keys, values, strict=True)) == \
        {key: as_text(key, value) for key, value in json.loads(record).items()}


# --json --body

def test_body_puts_text_into_the_record_and_other_bytes_in_base64(fetch, server):
    text, binary = "gr\u00fc\u00df\n\t\"\\\0".encode(), b"\xff\xfe\n"
    bodies = {server.serve("/text", text): text, server.serve("/binary", binary): binary,
              server.serve("/empty", b""): b"", server.url("/gone"): None}
    result = fetch("--json", "--body", *bodies)
    parsed = {record["input"]: record for record in records.parse(result.stdout, records.BODIES)}
    assert parsed.keys() == bodies.keys()
    for url, record in parsed.items():
        reported = record.get("response_body"), record.get("response_body_b64")
        if bodies[url] == binary:
            assert reported == (None, base64.b64encode(binary).decode())
        else:
            assert reported == (bodies[url] if bodies[url] is None else bodies[url].decode(), None)


def test_body_of_a_truncated_response_is_not_in_the_record(fetch, server):
    result = fetch("--json", "--body", "--retry", "0", server.serve("/", cut_short(b"half")))
    assert result.record["error"] == "truncated"


def test_large_bodies_in_records_wait_for_a_slow_reader(start, server):
    number, size = 300, MEGABYTE
    url = server.serve("/", b"x" * size)
    session = start("--json", "--body", "-j", "4", "--per-host", "2", *[f"{url}?{n}" for n in range(number)])
    assert settled(lambda: len(server.requests)) < number / 2
    assert session.peak_memory() < memory_limit(96)
    assert session.skip(number * size, 60) == number * size
    assert session.result().status == 0


# combinations

@pytest.mark.parametrize("options, named", [
    (["--raw", "--extract", "/a"], ["--raw", "--extract"]),
    (["--json", "--extract", "/a"], ["--json", "--extract"]),
    (["--json", "--show-header", "a"], ["--json", "--show-header"]),
    (["--extract", "/a", "--show-header", "a"], ["--extract", "--show-header"]),
    (["--raw", "-w", "x"], ["--raw", "--write-out"]),
    (["-w", "x", "--lines", "--extract", "/a"], ["--extract", "--write-out"]),
    (["--lines", "-w", "x"], ["--lines", "--write-out"]),
    (["--body"], ["--body", "--json"]),
    (["-w", "%{http_kode}"], ["--write-out", "http_kode", "http_code"]),
    (["-w", "%{url"], ["--write-out", "brace"]),
    (["-w", "@/no/such/file"], ["--write-out", "/no/such/file"]),
    (["-w", "@-"], ["--write-out", "stdin"]),
    (["--extract", "a"], ["--extract", '"a"']),
    (["--show-header", "a b"], ["--show-header", "space"]),
    (["--order-buffer", "x"], ["--order-buffer"]),
    (["--missing", "-"], ["--missing", "--extract", "--show-header"]),
    (["--missing", "-", "--lines", "--extract", "/a"], ["--missing", "--lines"]),
], ids=lambda value: " ".join(value) if value[0].startswith("-") else None)
def test_contradicting_options_are_usage_errors_that_name_them(fetch, server, options, named):
    result = fetch(*options, server.serve("/", b"x\n"))
    assert (result.status, result.stdout) == (2, b"")
    assert all(name in result.stderr for name in named), result.stderr
    assert not server.requests


@pytest.mark.parametrize("options, printed", [
    (["--json", "--raw"], b"x\ny"), (["--raw", "--lines"], b"x\ny\n"), (["--raw", "--tag"], b"x\ny"),
    (["-w", "%{url}", "-w", "last"], b"last"), (["-w", ""], b""), (["-w", "text", "--tag", "--whole"], b"text"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_of_options_that_replace_each_other_the_last_one_counts(fetch, server, options, printed):
    result = fetch(*options, server.serve("/", b"x\ny"))
    assert (result.status, result.stdout) == (0, printed)


# Columns

@pytest.mark.parametrize("options, printed", [
    (["--tag"], b"\\t%s\\nb\\\\c\tline\n"), (["--tag", "--whole"], b"\\t%s\\nb\\\\c\tline\n"),
    (["-w", r"%{input}\t%{http_code}\n"], b"\\t%s\\nb\\\\c\t200\n"),
], ids=str)
def test_an_input_stays_in_its_column(fetch, server, options, printed):
    server.serve_elsewhere(lambda talk: talk.reply(b"line\n"))
    value = b"\ta\nb\\c"
    result = fetch("-0", "--template", server.url("/{}"), *options, input=value + b"\0")
    assert (result.status, result.stdout) == (0, printed.replace(b"%s", b"a"))


def test_an_unknown_time_is_zero_so_that_columns_do_not_shift(fetch):
    result = fetch("-w", r"%{time_namelookup} %{time_appconnect} %{time_redirect} %{time_total} %{error}\n", "nonsense")
    assert (result.status, result.stdout) == (1, b"0.000000 0.000000 0.000000 0.000000 bad_input\n")
