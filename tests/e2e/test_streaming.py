"""URLs are fetched as they are read, and lines are printed whole as they arrive."""

import threading
import time
from collections import defaultdict

import pytest

from support.bodies import FRAMINGS, chunked, in_pieces, pieces, until_close, with_length
from support.pace import SLOW, count, seconds


def test_a_response_is_printed_before_the_producer_writes_the_next_url(start, server):
    session = start()
    session.say(server.serve("/one", b"one\n"))
    assert session.line() == b"one\n"
    session.say(server.serve("/two", b"two\n"))
    assert session.line() == b"two\n"
    session.end_input()
    assert session.result().status == 0


def test_a_slow_producer_in_a_pipeline_gets_its_first_lines_more_than_a_second_before_its_second_url(shell, server):
    one, two = server.serve("/one", b"one\n"), server.serve("/two", b"two\n")
    script = f'(echo "$one"; sleep {4 if SLOW else 2}; date +%s.%N >&2; echo "$two") | "$runnel" fetch |' \
             ' while read -r line; do echo "$line $(date +%s.%N)"; done'
    result = shell(script, one=one, two=two)
    printed = dict(line.decode().split() for line in result.lines)
    assert set(printed) == {"one", "two"}
    assert float(result.stderr) - float(printed["one"]) > 1


def test_the_first_request_is_on_the_wire_while_the_producer_is_in_the_middle_of_the_next_line(start, server):
    one, two = server.serve("/one", b"one\n"), server.serve("/two", b"two\n")
    session = start()
    session.stdin.write(f"{one}\n{two[:-2]}".encode())
    session.stdin.flush()
    server.wait_until(lambda: server.requests_to("/one"))
    assert session.line() == b"one\n"
    assert not server.requests_to("/two")
    session.say(two[-2:])
    assert session.line() == b"two\n"


def test_the_last_url_needs_no_newline(fetch, server):
    result = fetch(input=server.serve("/ok", b"good\n").encode())
    assert (result.status, result.stdout) == (0, b"good\n")


def test_the_lines_of_a_response_leave_before_the_response_is_complete(start, server):
    seen = threading.Event()

    def answer(talk):
        talk.head({"Transfer-Encoding": "chunked"})
        talk.chunk(b"early\nla")
        assert seen.wait(seconds(30))
        talk.chunk(b"te\n")
        talk.last_chunk()
    session = start(server.serve("/", answer))
    assert session.line() == b"early\n"
    seen.set()
    assert session.line() == b"late\n"
    assert session.result().status == 0


def numbered_lines(response, number):
    return [b"%02d %05d %s\n" % (response, line, b"x" * (line % 61)) for line in range(number)]


def test_fifty_concurrent_responses_in_odd_pieces_come_out_with_every_line_whole_and_in_its_order(fetch, server):
    expected = {response: numbered_lines(response, count(10_000)) for response in range(50)}
    together = threading.Barrier(50)

    def answer(talk):
        response = int(talk.request.query)
        together.wait(seconds(30))
        FRAMINGS[response % 3](talk, pieces(b"".join(expected[response])))
    url = server.serve("/lines", answer)
    result = fetch("-j", "50", input="".join(f"{url}?{response}\n" for response in expected).encode(), timeout=120)

    assert result.status == 0
    assert sorted(result.lines) == sorted(line for lines in expected.values() for line in lines)
    printed = defaultdict(list)
    for line in result.lines:
        printed[int(line[:2])].append(line)
    assert printed == expected


@pytest.mark.parametrize("framing", FRAMINGS, ids=lambda framing: framing.__name__)
def test_a_body_is_complete_in_each_way_of_framing_it(fetch, server, framing):
    body = b"".join(numbered_lines(0, 300))
    result = fetch(server.serve("/", lambda talk: framing(talk, pieces(body))))
    assert (result.status, result.stdout) == (0, body)


@pytest.mark.parametrize("parts, printed", [
    ((b"a\r\nb\r\n",), b"a\r\nb\r\n"),
    ((b"a\r", b"\nb\r", b"\n"), b"a\r\nb\r\n"),
    ((b"lone\rreturn\n",), b"lone\rreturn\n"),
    (("zwölf €".encode()[:3], "zwölf €".encode()[3:8], "zwölf €\n".encode()[8:]), "zwölf €\n".encode()),
    ((b"no", b" newline"), b"no newline\n"),
    ((b"one\nno newline",), b"one\nno newline\n"),
    ((b"\n", b"\n\nx\n"), b"\n\n\nx\n"),
    ((b"nul \0 and \xff\xfe\n",), b"nul \0 and \xff\xfe\n"),
    ((b"\n",), b"\n"),
    ((), b""),
], ids=["crlf", "cr and lf in two chunks", "lone cr", "a character cut at chunk edges", "no final newline",
        "no newline after the last of two", "empty lines", "nul and invalid utf-8", "an empty line", "an empty body"])
@pytest.mark.parametrize("framing", [chunked, with_length, until_close], ids=lambda framing: framing.__name__)
def test_bytes_are_kept_and_only_a_missing_final_newline_is_added(fetch, server, framing, parts, printed):
    result = fetch(server.serve("/", in_pieces(*parts, framing=framing)))
    assert (result.status, result.stdout) == (0, printed)


def test_a_line_longer_than_every_buffer_comes_out_whole(fetch, server):
    line = b"long " * 400_000 + b"\n"
    result = fetch(server.serve("/", lambda talk: chunked(talk, pieces(line + b"short\n"))))
    assert (result.status, result.stdout) == (0, line + b"short\n")


def test_tag_starts_each_line_with_the_input_and_a_tab(fetch, server):
    one, two = server.serve("/one", b"a\nb"), server.serve("/two", in_pieces(b"c", b"\n\nd\n"))
    result = fetch("--tag", input=f"{one}\n{two}\n".encode())
    expected = [f"{one}\ta\n", f"{one}\tb\n", f"{two}\tc\n", f"{two}\t\n", f"{two}\td\n"]
    assert result.status == 0
    assert sorted(result.lines) == sorted(line.encode() for line in expected)


def test_lines_of_different_responses_are_never_mixed_when_each_comes_in_halves(start, server):
    """Both responses are in the middle of a line at the same time."""
    both = threading.Barrier(2)

    def answer(talk):
        name = talk.request.path[1:].encode()
        talk.head({"Transfer-Encoding": "chunked"})
        talk.chunk(name * 3)
        both.wait(seconds(30))
        time.sleep(0.05)
        talk.chunk(name * 3 + b"\n")
        talk.last_chunk()
    session = start(server.serve("/a", answer), server.serve("/b", answer))
    assert sorted(session.result().lines) == [b"aaaaaa\n", b"bbbbbb\n"]


def test_two_responses_over_one_connection_when_they_follow_each_other(start, server):
    url = server.serve("/", b"ok\n")
    session = start()
    for _ in range(3):
        session.say(url)
        assert session.line() == b"ok\n"
    assert server.connections == 1
