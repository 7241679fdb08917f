"""For every reply, the results of runnel and of the curl tool are the same, except for the differences listed with
the replies."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from support.bad_replies import BAD
from support.replies import LEGAL
from support.reply import Site
from support.server import Server
from support.verdict import by_curl, by_runnel

REPLIES = LEGAL | BAD
ALIKE = [name for name, reply in REPLIES.items() if not reply.differs]
DIFFERENT = [name for name, reply in REPLIES.items() if reply.differs]


def _all_by_runnel(urls):
    """One run for all URLs with the same options."""
    verdicts = {}
    for options in {reply.options for reply in REPLIES.values()}:
        verdicts |= by_runnel([urls[name] for name, reply in REPLIES.items() if reply.options == options], *options)
    return verdicts


@pytest.fixture(scope="module")
def verdicts():
    """The results for every reply, each on a server of its own, so that no two share a connection: curl's, and
    runnel's with the reply sent at once and byte by byte."""
    servers = {name: Server() for name in REPLIES}
    sites = {name: Site(server) for name, server in servers.items()}
    urls = {name: sites[name].serve(reply) for name, reply in REPLIES.items()}
    with ThreadPoolExecutor(4) as pool:
        curl = dict(zip(urls, pool.map(lambda name: by_curl(urls[name], *REPLIES[name].options), urls)))
    whole = _all_by_runnel(urls)
    for site in sites.values():
        site.byte_by_byte = True
    cut = _all_by_runnel(urls)
    for server in servers.values():
        server.close()
    return {name: SimpleNamespace(curl=curl[name], whole=whole[url], cut=cut[url]) for name, url in urls.items()}


@pytest.mark.parametrize("name", ALIKE)
def test_a_reply_has_curls_verdict_and_body(verdicts, name):
    assert verdicts[name].whole == verdicts[name].curl


@pytest.mark.parametrize("name", ALIKE)
def test_a_reply_has_the_same_result_byte_by_byte(verdicts, name):
    assert verdicts[name].cut == verdicts[name].curl


@pytest.mark.parametrize("name", DIFFERENT)
def test_each_listed_difference_exists(verdicts, name):
    differs, found = REPLIES[name].differs, verdicts[name]
    assert found.curl.failure == differs.curl, differs.why
    assert found.whole == found.cut
    assert found.whole.failure == differs.runnel, differs.why
    assert differs.body is None or found.whole.body == differs.body, differs.why


def test_no_reply_affects_the_next_one_on_its_connection(fetch, server):
    site = Site(server)
    odd = [site.serve(reply) for reply in REPLIES.values() if not reply.options]
    good = [server.serve(f"/good/{number}", b"good\n") for number in range(len(odd))]
    given = [url for pair in zip(odd, good) for url in pair]
    result = fetch("-j", "1", "--tag", "--expect", "any", "--retry", "0", input="\n".join(given).encode(), timeout=60)
    printed = [line for line in result.lines if b"/good/" in line]
    assert printed == [f"{url}\tgood\n".encode() for url in good]
    assert server.connections < len(given)
