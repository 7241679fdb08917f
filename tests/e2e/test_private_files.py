"""Files that may hold secrets: who can read them, what happens to a torn line, and the keys of TLS."""

import json
import os
import resource
import stat
import subprocess

import pytest

from support import tool

FAIL = ["--batch-retries", "0", "--", "false"]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.fixture(autouse=True)
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def uses_of(server):
    """For each file: the command that writes it, and its input."""
    url = server.serve("/x", lambda talk: talk.reply(b"x\n", headers={"ETag": '"1"'}))

    def command(option, path):
        return {
            "--journal": (["fetch", "--journal", path, url], b""),
            "batch --journal": (["batch", "--journal", path], b"a\n"),
            "--dead-letter": (["batch", "--dead-letter", path, *FAIL], b"a\n"),
            "--etag-store": (["fetch", "--etag-store", path, url], b""),
            "--state": (["check", "--state", path, url], b""),
        }[option]
    return command


OPTIONS = ["--journal", "batch --journal", "--dead-letter", "--etag-store", "--state"]


@pytest.mark.parametrize("option", OPTIONS)
def test_a_new_file_is_for_its_owner_only(runnel, uses_of, tmp_path, option):
    file = tmp_path / "file"
    args, lines = uses_of(option, str(file))
    runnel(*args, input=lines)
    assert file.stat().st_size > 0 and mode(file) == 0o600


@pytest.mark.parametrize("option", OPTIONS)
def test_an_existing_file_keeps_its_mode(runnel, uses_of, tmp_path, option):
    file = tmp_path / "file"
    args, lines = uses_of(option, str(file))
    runnel(*args, input=lines)
    file.chmod(0o640)
    runnel(*args, input=lines)
    assert mode(file) == 0o640


def test_a_compacted_journal_keeps_its_mode(runnel, tmp_path):
    journal = tmp_path / "journal"
    for _ in range(3):
        assert runnel("batch", "--journal", str(journal), input=b"a\n" * 10 + b"b\n" * 500).status == 0
        journal.chmod(0o640)
    before = journal.stat().st_ino
    result = runnel("-v", "batch", "--journal", str(journal), "--resume", input=b"a\n")
    assert "entries instead of" in result.stderr and journal.stat().st_ino != before
    assert mode(journal) == 0o640


def letters(path):
    return [json.loads(line)["line"] for line in path.read_text(encoding="utf-8").splitlines()]


def run_with_file_limit(args, lines, limit):
    """A write past the limit is cut short and then fails, as on a full disk."""
    def set_limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return subprocess.run([tool.binary(), *args], input=lines, env=tool.environment(), capture_output=True,
                          preexec_fn=set_limit, timeout=60, check=False)


def test_a_full_disk_leaves_no_torn_dead_letter(runnel, tmp_path):
    file = tmp_path / "dead"
    args = ["batch", "-n", "1", "--dead-letter", str(file), *FAIL]
    result = run_with_file_limit(args, b"one\ntwo\n", 80)
    assert result.returncode == 74 and letters(file) == ["one"], result.stderr
    assert runnel(*args, input=b"three\n").status == 123
    assert letters(file) == ["one", "three"]


@pytest.mark.parametrize("torn", ['{"line":"torn","reason":"x', "{", '{"line_b64":"'])
def test_a_torn_dead_letter_is_removed_with_a_warning(runnel, tmp_path, torn):
    file = tmp_path / "dead"
    file.write_text('{"line":"whole"}\n' + torn, encoding="utf-8")
    result = runnel("batch", "--dead-letter", str(file), *FAIL, input=b"new\n")
    assert letters(file) == ["whole", "new"]
    assert result.stderr.count("--dead-letter: removed") == 1 and f"{len(torn)} bytes" in result.stderr


def test_it_is_ended_if_it_is_not_ours(runnel, tmp_path):
    file = tmp_path / "dead"
    file.write_text("something else", encoding="utf-8")
    result = runnel("batch", "--dead-letter", str(file), *FAIL, input=b"new\n")
    first, second = file.read_text(encoding="utf-8").splitlines()
    assert first == "something else" and json.loads(second)["line"] == "new"
    assert "14 bytes, was incomplete and got a newline" in result.stderr


def test_fetch_repairs_its_dead_letters_as_well(fetch, server, tmp_path):
    file = tmp_path / "dead"
    file.write_text('{"line":', encoding="utf-8")
    fetch("--dead-letter", str(file), server.serve("/x", b"x\n"), *FAIL)
    assert letters(file) == ["x"]


def test_a_torn_line_of_a_log_file_is_ended(runnel, server, tmp_path):
    file = tmp_path / "log"
    file.write_text('{"ts":"20', encoding="utf-8")
    runnel("--log-file", str(file), "--log-format", "json", "fetch", server.url("/missing"))
    torn, *lines = file.read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line)["message"] for line in lines]
    assert torn == '{"ts":"20' and "was incomplete" in messages[0] and "/missing" in messages[1]


def test_the_file_of_the_keys_of_tls_is_named_once(runnel, secure_server, tmp_path):
    keys = tmp_path / "keys"
    url = secure_server.serve("/x", b"x\n")
    for command in (["fetch", "-k", url, url], ["race", "-k", url], ["check", "-k", url]):
        result = runnel(*command, env={"SSLKEYLOGFILE": str(keys)})
        assert result.status == 0, result.stderr
        assert result.stderr.count(f"SSLKEYLOGFILE is set: the keys of TLS connections are written to {keys}") == 1
        assert keys.stat().st_size > 0, "libcurl does not honour the variable"
        keys.unlink()
    assert "SSLKEYLOGFILE" not in runnel("fetch", "-k", url, env={"SSLKEYLOGFILE": ""}).stderr
    assert "SSLKEYLOGFILE" not in runnel("fetch", "-k", url).stderr


def test_it_is_not_named_where_no_key_is_written(runnel, tmp_path):
    keys = {"SSLKEYLOGFILE": str(tmp_path / "keys")}
    assert "SSLKEYLOGFILE" not in runnel("batch", "--", "cat", input=b"x\n", env=keys).stderr
    assert "SSLKEYLOGFILE" not in runnel("fetch", "--dry-run", "https://h.test/", env=keys).stderr
