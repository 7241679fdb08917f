"""Many inputs under load: a reader that starts late, few descriptors for many hosts."""

import re
import time

import pytest

from support.numbered import numbered, numbers_in
from support.pace import count, duration

BODY = (b"x" * 1023 + b"\n") * 100


@pytest.mark.parametrize("attempt", range(3))
def test_every_byte_of_many_bodies_over_kept_connections_reaches_a_late_reader(start, server, attempt):
    number = count(1000)
    url = server.serve("/", BODY)
    session = start()
    session.say(*[f"{url}?{attempt}.{n}" for n in range(number)])
    session.end_input()
    time.sleep(1)
    assert session.skip(number * len(BODY) + 1, 60) == number * len(BODY)
    result = session.result()
    assert (result.status, result.stderr) == (0, "")
    assert len(server.requests) == number


def test_many_hosts_and_a_few_that_hang_fit_under_a_low_limit_of_open_files(shell, server, resolver):
    """Connections to earlier hosts, or connections that drain, must not use up the descriptors."""
    number = count(1200)
    good, silent = server.serve("/good", b"good\n"), server.serve("/silent", lambda talk: talk.hang())
    assert good and silent
    urls = [server.url("/silent" if n in (3, 300) else "/good", f"host{n}.test") for n in range(number)]
    result = shell(f'ulimit -n 128; exec "$runnel" fetch --json -j 20 --idle-timeout {duration(3)}',
                   input="\n".join(urls).encode(), timeout=60, **resolver)
    errors = [record["error"] for record in result.records if not record["ok"]]
    assert len(result.records) == number
    assert errors == ["idle"] * sum("/silent" in url for url in urls)
    assert result.status == 1


def test_descriptors_that_are_open_already_leave_fewer_jobs(shell, server):
    """Otherwise connections fail for lack of descriptors, and their host is taken to be down."""
    urls = " ".join(numbered(server, 100))
    result = shell(f'for n in $(seq 20 69); do eval "exec $n</dev/null"; done; ulimit -n 120; "$runnel" fetch -j 60 {urls}')
    assert (result.status, sorted(numbers_in(result.stdout))) == (0, list(range(100)))
    assert re.fullmatch(r"runnel: \d+ requests at a time instead of 60: the limit of open files is too low \(ulimit -n\)\n", result.stderr)
