"""Which spellings of a host are taken, and what they mean: the table of docs/cli.md."""

import re
from pathlib import Path

import pytest

from support.tool import CHECKOUT

LOOPBACK = ["127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001",
            "2130706433", "%31%32%37.0.0.1", "127%2E0%2e0.1", "0x7f.0x0.0x0.0x1", "user:pw@127.0.0.1"]
NAMES = {
    "Example.TEST": "Example.TEST",
    "ex%61mple.test": "example.test",
    "example.test.": "example.test.",
    "under_score.test": "under_score.test",
    "b\u00fccher.test": "xn--bcher-kva.test",
    "b%C3%BCcher.test": "xn--bcher-kva.test",
    "B\u00dcCHER.test": "xn--bcher-kva.test",
    "xn--bcher-kva.test": "xn--bcher-kva.test",
    "fa\u00df.test": "xn--fa-hia.test",
    "\u4f8b\u3048\u3002test": "xn--r8jz45g.test",
    "256.1.1.1": "256.1.1.1",
    "1.2.3.4.5": "1.2.3.4.5",
    "08.0.0.1": "08.0.0.1",
    "4294967296": "4294967296",
}
DISGUISED = {
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460": "127.0.0.1",
    "%E2%91%A0\u2461\u2466.0.0.1": "127.0.0.1",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11": "127.0.0.1",
    "127\u30020\u30020\u30021": "127.0.0.1",
    "1\u00ad27.0.0.1": "127.0.0.1",
    "\u200b127.0.0.1": "127.0.0.1",
    "\uff10x7f.1": "0x7f.1",
    "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54": "localhost",
    "\uff45xample.test": "example.test",
}
REFUSED = ["", "a b", "a%20b", "a%2Fb", "a%00b", "a,b", "a;b", "a*b", "a\\b", "a<b", 'a"b', "[::1", "[1.2.3.4]",
           "[v1.x]", "\u202eabc.test", "\u2488com", "a\u2024b"]


def url(server, host):
    return f"http://{host}:{server.port}/x"


@pytest.fixture
def found(server):
    server.serve("/x", b"found\n")
    return server


def test_every_spelling_of_an_ipv4_address_is_that_address(fetch, found):
    result = fetch("--json", *[url(found, host) for host in LOOPBACK])
    assert [record["remote_ip"] for record in result.records] == ["127.0.0.1"] * len(LOOPBACK), result.stderr
    assert {request.headers["host"] for request in found.requests} == {f"127.0.0.1:{found.port}"}


def test_a_name_is_decoded_and_converted_to_ascii(fetch, found):
    for host, sent in NAMES.items():
        result = fetch("--json", "--resolve", f"*:{found.port}:127.0.0.1", url(found, host))
        assert result.record["ok"], result.stderr
        assert found.requests[-1].headers["host"] == f"{sent}:{found.port}"


def test_a_host_that_only_looks_international_is_refused(fetch, found):
    result = fetch("--json", "--keep-order", *[url(found, host) for host in DISGUISED])
    for record, meaning in zip(result.records, DISGUISED.values(), strict=True):
        assert record["error"] == "bad_input" and f"the host stands for {meaning}: write that" in record["errormsg"]
    assert not found.requests


def test_a_redirect_to_such_a_host_is_refused(fetch, found):
    target = f"http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:{found.port}/x"
    redirect = found.serve("/to", lambda talk: talk.reply(status=302, headers={"Location": target}))
    result = fetch("--json", redirect)
    assert result.record["error"] == "redirect" and "stands for 127.0.0.1" in result.record["errormsg"]
    assert not found.requests_to("/x")


def test_other_hosts_are_refused(fetch, found):
    for host in REFUSED:
        result = fetch("--json", url(found, host))
        assert result.record["error"] == "bad_input", host
    assert not found.requests


def test_the_guard_sees_through_every_spelling(fetch, found):
    # libcurl 8 leaves 0X to the resolver.
    hosts = [*LOOPBACK, "0X7F.1", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "localhost", "LOCALHOST.",
             "a.localhost"]
    result = fetch("--deny-private", "--json", *[url(found, host) for host in hosts])
    assert {record["error"] for record in result.records} == {"blocked"}, result.stderr
    result = fetch("--deny-private", "--json", *[url(found, host) for host in DISGUISED])
    assert {record["error"] for record in result.records} == {"bad_input"}
    assert not found.requests


def rows_of_the_page():
    """Each spelling in the table of docs/cli.md, with what it is used as."""
    page = Path(CHECKOUT, "docs", "cli.md").read_text(encoding="utf-8")
    table = page[page.index("| written | used as |"):]
    for row in table[:table.index("\n\n")].splitlines()[2:]:
        spellings, meaning = row.split("|")[1:3]
        for spelling in re.findall(r"`([^`]+)`", spellings):
            yield spelling, {"unchanged": spelling, "refused": None}.get(meaning.strip(), meaning.strip(" `"))


@pytest.mark.parametrize("spelling, used_as", rows_of_the_page())
def test_the_table_of_the_page_is_right(fetch, found, spelling, used_as):
    result = fetch("--json", "--resolve", f"*:{found.port}:127.0.0.1", url(found, spelling))
    if used_as is None:
        assert result.record["error"] == "bad_input" and not found.requests
    else:
        assert result.record["ok"], result.stderr
        assert found.requests[0].headers["host"].lower() == f"{used_as}:{found.port}"
