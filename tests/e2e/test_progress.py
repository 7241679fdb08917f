"""`fetch --progress`: the progress of a run on the last line of a terminal."""

import re
import time

import pytest

from support.numbered import numbered, text
from support.terminal import Terminal

ERASED = "\r\x1b[K"


@pytest.fixture
def slow(server):
    """URLs whose answers arrive one after another, so that a run takes a while."""
    def answer(talk):
        time.sleep(0.1)
        talk.reply(b"line\n")
    return [server.serve(f"/{number}", answer) for number in range(10)]


@pytest.fixture
def shown(start):
    """Runs on a terminal, which stdout may be as well; returns everything it showed."""
    def run(urls, *options, stdout_too=False, piped=False, columns=100):
        terminal = Terminal(columns)
        more = {"stdout": terminal.descriptor} if stdout_too else {}
        session = start("-j", "1", *options, *([] if piped else urls), stderr=terminal.descriptor, **more)
        if piped:
            session.feed(text(urls))
        else:
            session.end_input()
        session.process.wait(60)
        return terminal.close()
    return run


def bars(reported):
    return re.findall(r"\r([^\r\n]+)\x1b\[K", reported)


def test_a_terminal_shows_the_progress(shown, slow):
    seen = bars(shown(slow))
    assert len(seen) > 1
    for bar in seen:
        assert re.fullmatch(r"\[#*-*\] +\d+%  \d+/\d+  [\d.]+/s  \d in flight  0 retries  0 failed  ETA (\d+:\d\d|-)", bar)
    parts = [int(re.search(r"(\d+)%", bar)[1]) for bar in seen]
    assert parts == sorted(parts) and parts[0] < parts[-1] <= 100


def test_it_is_gone_at_the_end(shown, slow):
    reported = shown(slow)
    assert reported.rindex(ERASED) > max(reported.rindex(bar) for bar in bars(reported))
    assert re.fullmatch(r"runnel: 10 delivered, 0 failed, .*\n", reported[reported.rindex(ERASED) + len(ERASED):])


def test_without_a_known_total_it_counts(shown, slow):
    for bar in bars(shown(slow, piped=True)):
        assert re.fullmatch(r"\d+ done  [\d.]+/s  \d in flight  0 retries  0 failed  0:\d\d", bar) or bar.startswith("[")


def test_log_lines_are_above_the_bar(shown, slow, server):
    reported = shown([*slow[:5], server.url("/missing"), *slow[5:]])
    before = reported[:reported.index("/missing: http_status")]
    assert before.endswith(f"{ERASED}\x1b[31mrunnel: {server.url('')}")


def test_it_is_as_wide_as_the_terminal(shown, slow):
    assert all(len(bar) < 40 for bar in bars(shown(slow, columns=40)))


def test_with_stdout_on_the_terminal_the_bar_needs_on(shown, slow):
    assert not bars(shown(slow, stdout_too=True))
    assert bars(shown(slow, "--progress", "on", stdout_too=True))


def test_it_can_be_switched_off(shown, slow):
    reported = shown(slow, "--progress", "off")
    assert not bars(reported)
    assert reported.startswith("runnel: 10 delivered")
    assert shown(slow, "-q") == ""


def test_no_terminal_no_bar(fetch, server):
    result = fetch("--progress", "on", input=text(numbered(server, 3)))
    assert (result.status, result.stderr) == (0, "")


def test_it_is_shown_when_the_log_goes_to_a_file(shown, slow, server, tmp_path):
    reported = shown([*slow, server.url("/missing")], "--log-file", str(tmp_path / "log"))
    assert bars(reported) and "missing" not in reported
    assert "/missing: http_status" in (tmp_path / "log").read_text(encoding="utf-8")
