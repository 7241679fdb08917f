"""The log on stderr: its format, its file, its color."""

import json
import re

import pytest

from support.terminal import Terminal


@pytest.fixture
def failing(fetch, server):
    """Runs a fetch of two pages, one of which is missing, so that there is something to log."""
    urls = [server.serve("/page", b"a line\n"), server.url("/missing")]
    return lambda *options, **more: fetch(*options, *urls, **more)


def test_json_lines_on_request(failing):
    result = failing("-v", "--log-format", "json")
    reported = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(entry["level"], list(entry)) for entry in reported] == [
        (level, ["ts", "level", "message"]) for level in ("error", "info")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", reported[0]["ts"])
    assert "/missing: http_status: status 404" in reported[0]["message"]
    assert "1 delivered, 1 failed" in reported[1]["message"]


def test_a_file_instead_of_stderr(failing, tmp_path):
    file = tmp_path / "log"
    for runs in (1, 2):
        result = failing("--log-file", str(file))
        assert (result.status, result.stdout, result.stderr) == (1, b"a line\n", "")
        assert file.read_text(encoding="utf-8").count("/missing: http_status") == runs


def test_a_file_gets_all_while_stderr_is_quiet(runnel, failing, server, tmp_path):
    file = tmp_path / "log"
    good = runnel("fetch", "-q", "-v", "--log-file", str(file), server.serve("/page", b"a line\n"))
    assert (good.status, good.stderr) == (0, "")
    assert "1 delivered, 0 failed" in file.read_text(encoding="utf-8")
    file.unlink()
    result = failing("-q", "--log-file", str(file))
    assert result.stderr == file.read_text(encoding="utf-8")
    assert result.stderr.count("\n") == 1


def test_a_file_that_cannot_be_written_is_reported(failing, server):
    result = failing("--log-file", "/nowhere/log")
    assert (result.status, result.stderr) == (74, "runnel: --log-file: cannot write /nowhere/log: No such file or directory\n")
    assert not server.requests
    result = failing("--log-file", "/dev/full")
    assert (result.status, result.stdout) == (1, b"a line\n")
    assert result.stderr == "runnel: --log-file: cannot write: No space left on device\n"


@pytest.mark.parametrize("options, environment, colored", [
    ([], {}, True), (["--color", "never"], {}, False), ([], {"NO_COLOR": "1"}, False),
    (["--color", "always"], {"NO_COLOR": "1"}, True), ([], {"TERM": "dumb"}, False)])
def test_a_terminal_gets_color(start, server, options, environment, colored):
    terminal = Terminal()
    session = start(*options, server.url("/missing"), stderr=terminal.descriptor,
                    env={"TERM": "xterm", "NO_COLOR": ""} | environment)
    assert session.result().status == 1
    assert terminal.close().startswith("\x1b[31mrunnel: " if colored else "runnel: ")


def test_a_pipe_gets_color_only_with_always(failing):
    assert "\x1b" not in failing().stderr
    assert failing("--color", "always").stderr.endswith("\x1b[0m\n")


def test_an_unknown_word_is_a_usage_error(failing):
    for option, words in (("--color", "auto|always|never"), ("--log-format", "text|json")):
        result = failing(option, "red")
        assert (result.status, result.stderr.splitlines()[0]) == (2, f'runnel: {option}: "red" is not one of {words}')
