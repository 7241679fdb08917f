"""Few descriptors: fewer things at a time, or one clear message; never a crash, and no line is lost."""

from contextlib import ExitStack, closing

import pytest

from support.pace import SLOW
from support.server import Server

pytestmark = pytest.mark.skipif(SLOW, reason="UBSan needs descriptors to check an object")
LINES = b"".join(b"%d\n" % number for number in range(300))
# A few are needed for the standard streams, the loop and the threads.
LIMITS = range(6, 31, 2)


@pytest.fixture
def limited(shell):
    """limited(limit, "fetch …", input=…) runs the program with this limit of open files."""
    def run(limit, arguments, input=None, **variables):
        return shell(f'for fd in /proc/self/fd/*; do fd=${{fd##*/}}; [ $fd -gt 2 ] && eval "exec $fd>&-"; done; '
                     f'ulimit -n {limit}; exec "$runnel" {arguments}', input=input, **variables)
    return run


def is_refused(result):
    return result.status == 70 and "Too many open files" in result.stderr and "bug" not in result.stderr


@pytest.mark.parametrize("command", ["batch -n 10 -j 8 -- cat", "batch --coprocess -j 8 -- sed -u s/x/x/"])
def test_commands_lose_no_line(limited, command):
    succeeded = 0
    for limit in LIMITS:
        result = limited(limit, command, input=LINES)
        whole = result.status == 0 and sorted(result.lines) == sorted(LINES.splitlines(True))
        succeeded += whole
        assert whole or is_refused(result), (limit, result)
    assert succeeded >= 5


@pytest.fixture
def servers():
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Server())) for _ in range(6)]


def test_connections_are_made_one_after_another(limited, servers):
    urls = " ".join(server.serve("/", b"page\n") for server in servers)
    succeeded = 0
    for limit in LIMITS:
        result = limited(limit, f"fetch --json --retry 0 --host-breaker 1 {urls}")
        if result.status == 0:
            assert len(result.records) == 6
            succeeded += 1
            continue
        assert is_refused(result), (limit, result)
        assert {record["error"] for record in result.records} <= {"internal", None}, (limit, result)
    assert succeeded >= 5


def test_connections_that_do_not_fit_wait_for_others(limited, server, tmp_path):
    server.serve("/", lambda talk: (talk.pause(0.05), talk.reply(b"page\n")))
    urls = " ".join(f"'{server.url('/')}?{number}'" for number in range(60))
    # Eight files are open at a time, beside the connections.
    result = limited(52, f"fetch -j 20 --retry 0 -o '{tmp_path}/{{n}}' -w '%{{response_code}}\\n' {urls}")
    assert (result.status, result.stdout) == (0, b"200\n" * 60), result


def test_a_name_is_not_unknown_for_lack_of_descriptors(limited, resolver):
    for limit in LIMITS:
        result = limited(limit, "fetch --json --retry 0 http://localhost:1/ http://no.such.name.invalid/")
        if is_refused(result):
            assert {record["error"] for record in result.records} <= {"internal", "connect", "dns"}
        else:
            assert result.status == 1, (limit, result)


@pytest.mark.parametrize("command", ["race", "check"])
def test_a_target_is_not_down_for_lack_of_descriptors(limited, server, command):
    urls = " ".join(server.serve(f"/{number}", b"answer\n") for number in range(4))
    succeeded = 0
    for limit in LIMITS:
        result = limited(limit, f"{command} {urls}")
        succeeded += result.status == 0
        assert result.status == 0 or is_refused(result), (limit, result)
    assert succeeded >= 5
