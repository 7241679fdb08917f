"""Text from servers on a terminal: what could control the terminal is shown as an escape. A pipe gets the bytes."""

import json
import socket
import subprocess

import pytest

from support import tool
from support.terminal import Terminal

TITLE = "\x1b]0;owned\x07"
BODY = f"plain \t é €\r\n{TITLE}\x08\x7f\x9b2J\u202eback\u2066\rover\n".encode() + b"\x9b\xff\x00\n"
SHOWN = ("plain \t é €\r\n"
         "\\x1b]0;owned\\x07\\x08\\x7f\\xc2\\x9b2J\\xe2\\x80\\xaeback\\xe2\\x81\\xa6\\x0dover\n"
         "\\x9b\\xff\\x00\n")
EVIL = "a\x1b[31mb\x7f\x9b\u202e"
ESCAPED = "a\\x1b[31mb\\x7f\\xc2\\x9b\\xe2\\x80\\xae"
DANGEROUS = [*(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"), "\x7f", *map(chr, range(0x80, 0xa0)),
             *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]


@pytest.fixture
def on_terminal():
    """Runs a command whose stdout, and if asked stderr, is a terminal. Returns what it showed."""
    def run(*args, input=b"", stderr_too=False, raw=False):
        terminal = Terminal()
        process = subprocess.Popen([tool.binary(), *args], env=tool.environment(), stdin=subprocess.PIPE,
                                   stdout=terminal.descriptor,
                                   stderr=terminal.descriptor if stderr_too else subprocess.DEVNULL)
        process.communicate(input, timeout=60)
        shown = terminal.close_for_bytes()
        return shown if raw else shown.decode()
    return run


@pytest.fixture
def evil(server):
    return server.serve("/evil", lambda talk: talk.reply(BODY, headers={"X-Evil": "a\x9b31m\x7f"}))


@pytest.fixture
def document(server):
    text = json.dumps({"a": EVIL, "b": {"c": "\x7f\x9b\u202e"}}, ensure_ascii=False)
    return server.serve("/document", text.encode())


def is_harmless(text):
    return not any(character in text for character in DANGEROUS)


def test_lines_are_escaped_and_a_pipe_gets_the_bytes(on_terminal, fetch, evil):
    assert on_terminal("fetch", evil) == SHOWN
    assert on_terminal("fetch", "--whole", evil) == SHOWN
    assert on_terminal("fetch", "--keep-order", evil) == SHOWN
    assert fetch(evil).stdout == BODY


def test_raw_is_never_changed(on_terminal, fetch, evil):
    for options in (["--raw"], ["--raw", "--whole"], ["--raw", "--keep-order"]):
        assert on_terminal("fetch", *options, evil, raw=True) == BODY
    assert fetch("--raw", evil).stdout == BODY


def test_a_character_that_arrives_in_two_pieces_is_whole(on_terminal, server):
    def answer(talk):
        talk.head({"Transfer-Encoding": "chunked"})
        for byte in "é\u202e€ \x9b🙂\r\n".encode():
            talk.chunk(bytes([byte]))
            talk.pause(0.01)
        talk.last_chunk()
    assert on_terminal("fetch", server.serve("/", answer)) == "é\\xe2\\x80\\xae€ \\xc2\\x9b🙂\r\n"


def test_extracted_values_are_escaped(on_terminal, fetch, document):
    assert on_terminal("fetch", "--extract", "/a", "--extract", "/b", document) == (
        ESCAPED + '\t{"c":"\\x7f\\xc2\\x9b\\xe2\\x80\\xae"}\n')
    assert fetch("--extract", "/a", document).stdout == EVIL.encode() + b"\n"


def test_headers_are_escaped(on_terminal, fetch, evil):
    shown = on_terminal("fetch", "--show-header", "X-Evil", evil)
    assert shown.endswith("31m\\x7f\n") and is_harmless(shown)
    assert b"\x7f" in fetch("--show-header", "X-Evil", evil).stdout


def test_a_tag_is_escaped(on_terminal, fetch, server):
    url = server.serve("/x", b"line\n") + "?\u202e"
    assert on_terminal("fetch", "--tag", url) == f"{server.url('/x')}?\\xe2\\x80\\xae\tline\n"
    assert fetch("--tag", url).stdout == f"{url}\tline\n".encode()


def test_write_out_keeps_the_text_of_the_user_and_escapes_values(on_terminal, fetch, document, evil):
    assert on_terminal("fetch", "-w", "\x1b[32m%{http_code} %json{/a}\x1b[0m\n", document) == (
        f"\x1b[32m200 {ESCAPED}\x1b[0m\n")
    shown = on_terminal("fetch", "-w", "%header{X-Evil}\n%{url}\n%{json}\n", evil + "?\u202e")
    header, url, record = shown.splitlines()
    assert is_harmless(shown) and header.endswith("31m\\x7f") and url.endswith("?\\xe2\\x80\\xae")
    assert json.loads(record)["url"] == evil + "?\u202e"
    assert fetch("-w", "%json{/a}", document).stdout == EVIL.encode()


def test_records_stay_valid_json(on_terminal, fetch, document):
    url = document + "?\x9b\u202e"
    for options in (["--json"], ["--json", "--body"]):
        shown = on_terminal("fetch", *options, input=url.encode())
        piped = fetch(*options, input=url.encode())
        assert is_harmless(shown) and "\\u202e" in shown and "\\u009b" in shown
        on_screen, in_pipe = json.loads(shown), json.loads(piped.stdout)
        assert on_screen["url"] == in_pipe["url"] == url
        assert on_screen.get("response_body") == in_pipe.get("response_body")
        assert "\u202e".encode() in piped.stdout


def test_a_dry_run_stays_valid_json(on_terminal, fetch):
    shown = on_terminal("fetch", "--dry-run", "http://h.test/?\u202e")
    assert "\\u202e" in shown and json.loads(shown)["url"] == "http://h.test/?\u202e"
    assert "\u202e".encode() in fetch("--dry-run", "http://h.test/?\u202e").stdout


def test_file_names_are_escaped(on_terminal, server, tmp_path):
    server.serve_elsewhere(lambda talk: talk.reply(b"x"))
    shown = on_terminal("fetch", "-o", f"{tmp_path}/{{name}}", "-w", "%{file}\n", server.url("/\u202ename"))
    assert shown == f"{tmp_path}/\\xe2\\x80\\xaename\n"


def test_a_race_is_escaped(on_terminal, runnel, document):
    race = ["race", "--extract", "/a", f"n={document}"]
    assert on_terminal(*race) == ESCAPED + "\n"
    assert on_terminal(*race, "--all") == f"n\t{ESCAPED}\n"
    for options in (["--json"], ["--json", "--all"]):
        shown = on_terminal(*race, *options)
        assert is_harmless(shown) and json.loads(shown)["value"] == EVIL
    assert runnel(*race).stdout == EVIL.encode() + b"\n"


def test_a_check_is_escaped(on_terminal, runnel, document):
    check = ["check", "--json-value", "/a == x", document]
    for form in ("text", "json", "nagios", "docker", "prometheus", "junit", "tap"):
        assert is_harmless(on_terminal(*check, "--format", form))
    shown = on_terminal(*check, "--format", "json")
    assert json.loads(shown)["assertions"] == json.loads(runnel(*check, "--format", "json").stdout)["assertions"]


def test_batches_are_escaped_without_a_command_only(on_terminal, runnel):
    line = (EVIL + "\n").encode()
    shown = on_terminal("batch", input=line)
    assert is_harmless(shown) and json.loads(shown) == [EVIL]
    assert runnel("batch", input=line).stdout == f'["a\\u001b[31mb\x7f\x9b\u202e"]\n'.encode()
    for command in (["batch", "--", "cat"], ["batch", "--coprocess", "--", "cat"]):
        assert on_terminal(*command, input=line) == EVIL + "\n"


def test_the_command_of_a_fetch_prints_what_it_likes(on_terminal, document):
    assert on_terminal("fetch", "--extract", "/a", document, "--", "cat") == EVIL + "\n"
    shown = on_terminal("fetch", "-w", "%json{/a}\n", document, "--", "cat")
    assert shown == EVIL + "\n"


def test_the_log_keeps_its_colors_and_escapes_the_rest(on_terminal, server):
    url = server.url("/missing?\u202e")
    shown = on_terminal("--color", "always", "fetch", url, stderr_too=True)
    assert "\x1b[31mrunnel: " in shown and "\\xe2\\x80\\xae" in shown and "\u202e" not in shown
    shown = on_terminal("--log-format", "json", "fetch", url, stderr_too=True)
    messages = [json.loads(line)["message"] for line in shown.splitlines()]
    assert is_harmless(shown) and any("\u202e" in message for message in messages)


def test_the_requests_to_a_mock_are_escaped(mock):
    session = mock("-v", "--demo")
    address = session.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as client:
        client.sendall("GET /\u202e\x9b\x07 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        while client.recv(4096):
            pass
    session.signal(15)
    session.result()
    assert "404" in session.stderr() and is_harmless(session.stderr())
