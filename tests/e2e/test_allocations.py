"""Allocations that fail: one clear line and status 70, never a crash, and never a success with something missing."""

import pytest

from support import preload
from support.pace import SLOW, count

pytestmark = pytest.mark.skipif(SLOW, reason="a sanitizer has its own malloc()")

GIGABYTE = 1 << 30
LINES = b"".join(b"line %d\n" % number for number in range(2000))


@pytest.fixture(scope="module")
def failing_malloc(tmp_path_factory):
    return preload.environment(preload.build("failing_malloc.c", tmp_path_factory.mktemp("malloc")))


def says_out_of_memory(result):
    return result.stderr.count("\n") == 1 and result.stderr.startswith("runnel: out of memory")


def test_a_body_that_does_not_fit_ends_the_run(shell, server):
    block = b"x" * (1 << 20)

    def large(talk):
        talk.head({"Content-Length": 4 * GIGABYTE})
        for _ in range(4096):
            talk.send(block)
    result = shell('ulimit -v 1000000; "$runnel" fetch --whole --max-body 4G --max-line 4G "$url"', url=server.serve("/", large))
    assert (result.status, result.stdout) == (70, b"") and says_out_of_memory(result), result


def fetch_lines(server, tmp_path):
    return ["fetch", "-j", "2", "--keep-order", *[server.serve(f"/{n}", LINES) for n in range(3)]], None, LINES * 3


def fetch_with_journal(server, tmp_path):
    journal = tmp_path / "journal"
    journal.unlink(missing_ok=True)
    return ["fetch", "--journal", str(journal), "-w", "%{response_code}\n", server.serve("/", LINES)], None, b"200\n"


def batch(server, tmp_path):
    return ["batch", "-n", "500", "--", "cat"], LINES, LINES


def race(server, tmp_path):
    return ["race", server.serve("/", b"value\n"), server.serve("/2", b"value\n")], None, b"value\n"


def check(server, tmp_path):
    return ["check", "--format", "docker", f"here={server.serve('/', b'fine')}"], None, None


@pytest.mark.parametrize("after", ["FAIL_AT", "FAIL_AFTER"])
@pytest.mark.parametrize("command", [fetch_lines, fetch_with_journal, batch, race, check])
def test_any_allocation_may_fail(runnel, server, tmp_path, failing_malloc, command, after):
    counted = tmp_path / "allocations"
    arguments, input, expected = command(server, tmp_path)
    whole = runnel(*arguments, input=input, env=failing_malloc | {"COUNT_ALLOCATIONS": str(counted)})
    assert whole.status == 0, whole
    assert expected is None or whole.stdout == expected
    allocations = int(counted.read_text())
    statuses = set()
    for number in range(1, allocations, max(1, allocations // count(60))):
        arguments, input, _ = command(server, tmp_path)
        result = runnel(*arguments, input=input, env=failing_malloc | {after: str(number)})
        if "OpenSSL internal error" in result.stderr:
            continue  # OpenSSL 3.5 aborts without memory for its locks
        statuses.add(result.status)
        assert result.status < 128 and "bug" not in result.stderr, (number, result)
        assert result.status or expected is None or result.stdout == expected, (number, result)
        assert result.status != 70 or says_out_of_memory(result) or "out of resources" in result.stderr, (number, result)
    assert 70 in statuses
