"""Debugging: what blocks the loop, and what tasks wait for."""

import re
import signal
from pathlib import Path

import pytest

from support import certificates
from support.pace import duration

HELD = re.compile(r"^runnel: debug: (?P<what>.+) held the loop for (?P<span>\d+) ms$", re.M)
CHAIN = re.compile(r"^runnel: debug: \S+ <- (\S+:\d+ \([^)]*\) <- )*scope of \S+:\d+ \(.+$", re.M)


@pytest.fixture(scope="module")
def endless_authorities(tmp_path_factory):
    """A large file of certificates, which is read on the loop."""
    folder = tmp_path_factory.mktemp("authorities")
    one = certificates.make(folder, "authority")
    many = folder / "many.pem"
    many.write_bytes(Path(one.public).read_bytes() * 6_000)
    return many


def test_what_blocks_the_loop_is_reported_with_its_time(fetch, secure_server, endless_authorities):
    url = secure_server.serve("/", b"good\n")
    result = fetch("--debug-loop", "--cacert", str(endless_authorities), url)
    held = HELD.search(result.stderr)
    assert held and int(held["span"]) >= 100, result.stderr


def test_it_is_not_reported_without_the_option(fetch, secure_server, endless_authorities):
    url = secure_server.serve("/", b"good\n")
    assert not HELD.search(fetch("--cacert", str(endless_authorities), url).stderr)


@pytest.mark.parametrize("options", [("--debug-loop",), ("-q", "--debug-loop")])
def test_a_healthy_run_prints_nothing_more(fetch, server, options):
    urls = [server.serve(f"/{n}", b"good\n") for n in range(20)]
    result = fetch(*options, *urls)
    assert (result.status, result.stdout) == (0, b"good\n" * 20)
    # A busy machine may block any loop; only that may be reported.
    assert HELD.sub("", result.stderr).strip() == ""


def test_the_environment_may_ask_for_it(fetch, secure_server, endless_authorities):
    url = secure_server.serve("/", b"good\n")
    result = fetch("--cacert", str(endless_authorities), url, env={"RUNNEL_DEBUG": "1"})
    assert HELD.search(result.stderr)


def hanging(start, server, *options):
    """A session that waits for a server that does not answer."""
    session = start("--grace", duration(0.2), *options, server.serve("/", lambda talk: talk.hang()))
    server.wait_until(lambda: server.active == 1)
    return session


def test_sigusr1_lists_the_waiting_tasks(start, server):
    session = hanging(start, server, "--debug-loop")
    session.signal(signal.SIGUSR1)
    session.signal(signal.SIGTERM)
    result = session.result()
    chains = [match[0] for match in CHAIN.finditer(result.stderr)]
    assert any("(handle)" in chain and "fetch_run.cpp:" in chain for chain in chains), result.stderr
    assert result.status == 143


def test_sigusr1_keeps_its_default_without_the_option(start, server):
    session = hanging(start, server)
    session.signal(signal.SIGUSR1)
    assert session.result().status == 128 + signal.SIGUSR1
