"""`--deny-private`: no spelling of a private address is connected to, on any way to it."""

import json

import pytest

from support.faults import redirect

LOOPBACK = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1",
    "0x7f.0x0.0x0.0x1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "127.255.255.254", "0", "0.0.0.0",
    "0x0", "%31%32%37.0.0.1", "127%2E0%2E0%2E1", "①②⑦.⓪.⓪.①", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]", "some.test",
]
PRIVATE = [
    "10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "169.254.169.254", "0xA9FEA9FE",
    "2852039166", "100.64.0.1", "100.127.255.255", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1",
    "203.0.113.9", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[2001:db8::1]",
]
SPELLINGS = LOOPBACK + PRIVATE
# "127.0.0.1." is a name to the resolver, and does not resolve. A redirect to a host that is bad input is "redirect".
REFUSED = {"blocked", "bad_input", "dns", "redirect"}
ADDRESSES = ["127.0.0.1", "127.255.255.254", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1",
             "64:ff9b::7f00:1", "2002:7f00:1::", "10.0.0.1", "169.254.169.254", "100.64.0.1", "fe80::1", "fc00::1"]


@pytest.fixture
def guarded(fetch, server, resolver):
    """Runs all requests with the guard and returns the error of each; nothing may have been connected to."""
    server.serve("/", b"secret\n")

    def run(*args, urls, connections=0, env=None):
        result = fetch("--json", "--deny-private", "--retry", "0", "--connect-timeout", "5s", *args,
                       input="\n".join(urls).encode(), env=resolver | (env or {}), timeout=60)
        assert b"secret" not in result.stdout
        assert len(result.records) == len(urls)
        assert len(server.requests_to("/")) == 0 and server.connections <= connections
        return {record["input"]: (record["error"], record["errormsg"]) for record in result.records}
    return run


def unrefused(errors):
    return {url: error for url, error in errors.items() if error[0] not in REFUSED}


def test_there_are_more_than_forty_spellings():
    assert len(set(SPELLINGS)) > 40


def test_no_spelling_is_connected_to(guarded, server):
    assert not unrefused(guarded(urls=[server.url("/", host) for host in SPELLINGS]))


def test_no_redirect_leads_there(guarded, server):
    urls = [server.serve(f"/{number}", redirect(server.url("/", host))) for number, host in enumerate(SPELLINGS)]
    urls = [url.replace("127.0.0.1", "public.test") for url in urls]
    assert not unrefused(guarded(urls=urls, connections=len(urls)))


@pytest.mark.parametrize("times", [1, 3])
def test_no_address_of_a_rule_leads_there(guarded, server, times):
    for address in ADDRESSES:
        url = server.url("/", "host.test")
        rule = f"host.test:{server.port}:" + ",".join([address] * times)
        assert not unrefused(guarded("--resolve", rule, urls=[url])), rule


def test_no_rule_for_connections_leads_there(guarded, server):
    for host in ("127.0.0.1", "[::1]", "0x7f.1", "localhost", "some.test", "[::ffff:127.0.0.1]", "10.0.0.1"):
        errors = guarded("--connect-to", f"public.test::{host}:", urls=[server.url("/", "public.test")])
        assert not unrefused(errors), host


def test_no_proxy_leads_there(guarded, server):
    for scheme in ("http", "https", "socks4", "socks4a", "socks5", "socks5h"):
        errors = guarded("-x", f"{scheme}://127.0.0.1:{server.port}", urls=[server.url("/", "8.8.8.8")])
        assert not unrefused(errors), scheme


def test_a_line_of_json_is_guarded_as_well(guarded, server):
    lines = [json.dumps({"url": server.url("/", host)}) for host in SPELLINGS]
    assert not unrefused(guarded(urls=lines))
