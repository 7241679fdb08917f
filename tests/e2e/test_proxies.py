"""Requests through proxies: which proxy is used, what it and the server see, and how failures are classified."""

import base64

import pytest

from support.faults import BlackHole, Refusing
from support.pace import duration, seconds
from support.proxies import HttpProxy, SocksProxy

USER = "keeper:pass-word"
KNOWN = "Basic " + base64.b64encode(USER.encode()).decode()


@pytest.fixture
def proxy():
    running = HttpProxy()
    yield running
    running.close()


@pytest.fixture
def proxies():
    """Makes proxies: proxies(HttpProxy, user="…")."""
    running = []

    def start(kind, **options):
        running.append(kind(**options))
        return running[-1]
    yield start
    for each in running:
        each.close()


def answering(status, headers=""):
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}\r\n".encode()


# Which proxy


def test_an_http_request_is_forwarded(fetch, server, proxy):
    server.serve("/page", b"page\n")
    result = fetch("--json", "-x", proxy.url(), server.url("/page?a=1"))
    assert result.record["ok"]
    assert proxy.requests == [f"GET {server.url('/page?a=1')} HTTP/1.1"]
    assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"
    assert result.record["url_effective"] == server.url("/page?a=1")


def test_an_https_request_is_tunnelled(fetch, secure_server, proxy):
    url = secure_server.serve("/page", b"page\n")
    result = fetch("-k", "-x", proxy.url(), url)
    assert (result.status, result.stdout) == (0, b"page\n")
    assert proxy.requests == [f"CONNECT 127.0.0.1:{secure_server.port} HTTP/1.1"]


def test_headers_of_the_tunnel_are_not_part_of_the_response(fetch, secure_server, proxy):
    url = secure_server.serve("/page", lambda talk: talk.reply(b"not here, but whole\n", 404))
    result = fetch("-k", "--expect", "404", "-x", proxy.url(), url)
    assert (result.status, result.stdout) == (0, b"not here, but whole\n")
    record = fetch("-k", "--json", "-x", proxy.url(), url).record
    assert (record["error"], record["response_code"], record["content_type"]) == ("http_status", 404, None)


def test_a_tunnel_is_used_again(fetch, secure_server, proxy):
    url = secure_server.serve("/page", b"page\n")
    assert fetch("-k", "-j", "1", "-x", proxy.url(), *[url] * 5).stdout == b"page\n" * 5
    assert len(proxy.requests) == secure_server.connections == 1


@pytest.mark.parametrize("variable, expected", [
    ("http_proxy", 1), ("all_proxy", 1), ("ALL_PROXY", 1), ("HTTP_PROXY", 0), ("https_proxy", 0)])
def test_the_environment_names_the_proxy_of_http_urls(fetch, server, proxy, variable, expected):
    url = server.serve("/", b"page\n")
    assert fetch(url, env={variable: proxy.url()}).stdout == b"page\n"
    assert len(proxy.requests) == expected


@pytest.mark.parametrize("variable, expected", [
    ("https_proxy", 1), ("HTTPS_PROXY", 1), ("all_proxy", 1), ("http_proxy", 0)])
def test_the_environment_names_the_proxy_of_https_urls(fetch, secure_server, proxy, variable, expected):
    url = secure_server.serve("/", b"page\n")
    assert fetch("-k", url, env={variable: proxy.url()}).stdout == b"page\n"
    assert len(proxy.requests) == expected


def test_no_proxy_names_hosts_that_are_asked_directly(fetch, server, proxy):
    server.serve("/", b"page\n")
    urls = [server.url("/", "localhost"), server.url("/", "127.0.0.1")]
    assert fetch(*urls, env={"http_proxy": proxy.url(), "no_proxy": "localhost"}).stdout == b"page\n" * 2
    assert proxy.requests == [f"GET {urls[1]} HTTP/1.1"]


def test_no_proxy_applies_to_the_option(fetch, server, proxy):
    url = server.serve("/", b"page\n")
    assert fetch("-x", proxy.url(), url, env={"no_proxy": "*"}).stdout == b"page\n"
    assert not proxy.requests


def test_the_option_wins_over_the_environment(fetch, server, proxy, proxies):
    other, url = proxies(HttpProxy), server.serve("/", b"page\n")
    assert fetch("--proxy", proxy.url(), url, env={"http_proxy": other.url()}).stdout == b"page\n"
    assert (len(proxy.requests), len(other.requests)) == (1, 0)


def test_an_empty_option_disables_the_proxy(fetch, server, proxy):
    url = server.serve("/", b"page\n")
    assert fetch("-x", "", url, env={"http_proxy": proxy.url()}).stdout == b"page\n"
    assert not proxy.requests


def test_each_hop_of_a_redirect_chooses_its_proxy(fetch, server, proxy):
    server.serve("/page", b"page\n")
    there = server.serve("/moved", lambda talk: talk.reply(
        status=302, headers={"Location": server.url("/page", "localhost")}))
    result = fetch(there, env={"http_proxy": proxy.url(), "no_proxy": "localhost"})
    assert result.stdout == b"page\n"
    assert proxy.requests == [f"GET {there} HTTP/1.1"]


# Names


@pytest.mark.parametrize("scheme", ["http", "socks4a", "socks5h"])
def test_a_proxy_that_resolves_gets_the_name(fetch, server, proxies, resolver, scheme):
    server.serve("/", b"page\n")
    through = proxies(HttpProxy if scheme == "http" else SocksProxy)
    url = server.url("/", "nx.test")
    assert fetch("-x", f"{scheme}://127.0.0.1:{through.port}", url, env=resolver).stdout == b"page\n"
    if scheme == "http":
        assert through.requests == [f"GET {url} HTTP/1.1"]
    else:
        assert through.asked == [("nx.test", server.port)]


@pytest.mark.parametrize("scheme", ["socks4", "socks5"])
def test_a_proxy_that_does_not_resolve_gets_an_address(fetch, server, proxies, resolver, scheme):
    server.serve("/", b"page\n")
    through = proxies(SocksProxy)
    where = f"{scheme}://127.0.0.1:{through.port}"
    assert fetch("-x", where, server.url("/", "some.test"), env=resolver).stdout == b"page\n"
    assert through.asked == [("127.0.0.1", server.port)]
    result = fetch("--json", "-x", where, server.url("/", "nx.test"), env=resolver)
    assert result.record["error"] == "dns"


def test_the_name_of_a_proxy_is_looked_up_like_others(fetch, server, proxy, resolver):
    url = server.serve("/", b"page\n")
    result = fetch("--json", "-x", f"http://proxy.test:{proxy.port}", url, env=resolver)
    assert result.record["ok"] and len(proxy.requests) == 1
    pinned = ("--resolve", f"nx.test:{proxy.port}:127.0.0.1", "-x", f"http://nx.test:{proxy.port}")
    assert fetch(*pinned, url, env=resolver).stdout == b"page\n"


def test_a_proxys_name_that_hangs_ends_with_the_connect_timeout(fetch, resolver):
    result = fetch("--json", "--connect-timeout", duration(0.3), "-x", "http://hang.test:1", "http://a.test/",
                   env=resolver)
    assert result.record["error"] == "proxy"
    assert result.seconds < seconds(5)


# Users


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_the_user_is_for_the_proxy_alone(fetch, server, secure_server, proxies, secure):
    proxy, target = proxies(HttpProxy, user=USER), secure_server if secure else server
    result = fetch("-v", "-k", "-x", proxy.url(USER), target.serve("/", b"page\n"))
    assert (result.status, result.stdout) == (0, b"page\n")
    assert proxy.headers[0]["proxy-authorization"] == KNOWN
    assert "proxy-authorization" not in target.requests[0].headers
    assert "pass-word" not in result.stderr


def test_a_host_without_a_proxy_does_not_get_the_proxys_user(fetch, server, proxies):
    proxy = proxies(HttpProxy, user=USER)
    server.serve("/", b"page\n")
    urls = [server.url("/", host) for host in ("127.0.0.1", "localhost")] * 10
    result = fetch("-j", "1", "-x", proxy.url(USER), *urls, env={"no_proxy": "localhost"})
    assert result.stdout == b"page\n" * 20
    assert len(proxy.requests) == 10 and len(server.requests) == 20
    assert not [request for request in server.requests if "proxy-authorization" in request.headers]


def test_a_socks_proxy_wants_the_user_it_knows(fetch, server, proxies):
    proxy, url = proxies(SocksProxy, user=USER), server.serve("/", b"page\n")
    assert fetch("-x", f"socks5://{USER}@127.0.0.1:{proxy.port}", url).stdout == b"page\n"
    result = fetch("--json", "-x", f"socks5://keeper:guess@127.0.0.1:{proxy.port}", url)
    assert result.record["error"] == "proxy"
    assert "guess" not in result.stderr + result.stdout.decode()


def test_a_socks_proxy_is_offered_no_login_of_the_system(fetch, server, proxies):
    proxy = proxies(SocksProxy)
    assert fetch("-x", f"socks5h://127.0.0.1:{proxy.port}", server.serve("/", b"page\n")).status == 0
    assert proxy.methods == [{0, 2}] or proxy.methods == [{0}]


# Failures


def reported(result):
    """Class and status of the only record; also checks that no secret was printed."""
    assert "pass-word" not in result.stderr + result.stdout.decode()
    assert result.status == 1
    return result.record["error"], result.record["response_code"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("answer, code", [
    (answering("407 Who", "Proxy-Authenticate: Basic realm=x\r\n"), 407), (answering("403 No"), 403),
    (answering("502 Down"), 502), (b"garbage\r\n\r\n", None), (b"HTTP/1.1 200 Conn", None)], ids=str)
def test_a_proxy_that_does_not_forward_is_a_proxy_failure(fetch, proxies, scheme, answer, code):
    proxy = proxies(HttpProxy, answer=answer)
    result = fetch("-k", "--json", "-x", proxy.url(USER), f"{scheme}://host.test/")
    error, status = reported(result)
    if scheme == "https" or code == 407:
        assert error == "proxy"
    else:
        # Responses of a proxy in place of the server's cannot be distinguished from the server's.
        assert (error, status) == ("http_status" if code else "protocol", code)


@pytest.mark.parametrize("scheme", ["http", "socks5h", "socks4a", "https"])
@pytest.mark.parametrize("url", ["http://host.test/", "https://host.test/"])
def test_a_proxy_that_is_down_is_a_proxy_failure(fetch, scheme, url):
    closed = Refusing()
    result = fetch("--json", "-x", f"{scheme}://{USER}@127.0.0.1:{closed.port}", url)
    closed.close()
    assert reported(result) == ("proxy", None)
    assert result.record["exitcode"] == 7


def test_a_proxy_whose_name_does_not_resolve_is_a_proxy_failure(fetch, resolver):
    result = fetch("--json", "-x", f"http://{USER}@nx.test", "http://host.test/", env=resolver)
    assert reported(result) == ("proxy", None)
    assert result.record["exitcode"] == 5


def test_a_proxy_that_cannot_be_reached_is_a_proxy_failure(fetch):
    hole = BlackHole()
    result = fetch("--json", "--connect-timeout", duration(0.3), "-x", f"127.0.0.1:{hole.port}", "http://host.test/")
    hole.close()
    assert reported(result) == ("proxy", None)
    assert result.seconds < seconds(5)


def test_a_proxy_that_does_not_answer_is_a_proxy_failure(fetch, proxies):
    proxy = proxies(HttpProxy, answer=b"")
    result = fetch("--json", "--connect-timeout", duration(0.3), "-x", proxy.url(), "https://host.test/")
    assert reported(result) == ("proxy", None)
    assert result.seconds < seconds(5)


def test_a_socks_proxy_that_does_not_reach_the_server_is_a_proxy_failure(fetch, proxies):
    for scheme in ("socks4a", "socks5h"):
        proxy = proxies(SocksProxy, refuses=True)
        result = fetch("--json", "-x", f"{scheme}://127.0.0.1:{proxy.port}", "http://host.test/")
        assert reported(result) == ("proxy", None)


def test_behind_a_tunnel_the_servers_certificate_is_the_servers(fetch, secure_server, proxies):
    url = secure_server.serve("/", b"secret\n")
    for proxy, scheme in ((proxies(HttpProxy), "http"), (proxies(SocksProxy), "socks5h")):
        result = fetch("--json", "-x", f"{scheme}://127.0.0.1:{proxy.port}", url)
        assert reported(result) == ("tls", None)
    assert not secure_server.requests


def test_a_proxy_whose_certificate_is_not_trusted_gets_no_request(fetch, server, self_signed, proxies):
    proxy = proxies(HttpProxy, tls=self_signed)
    for url in (server.serve("/", b"page\n"), "https://host.test/"):
        result = fetch("-k", "--json", "-x", f"https://127.0.0.1:{proxy.port}", url)
        assert reported(result) == ("proxy", None)
    assert proxy.connections == 2 and not proxy.requests


def test_a_407_of_a_server_is_a_status_like_others(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(status=407))
    assert reported(fetch("--json", url)) == ("http_status", 407)
    assert fetch("--expect", "407", url).status == 0


@pytest.mark.parametrize("value, said", [
    ("ftp://127.0.0.1", "scheme"), ("http://", "not a proxy"), (f"http://{USER}@host:x", "not a proxy")])
def test_an_invalid_proxy_is_a_usage_error(fetch, server, value, said):
    url = server.serve("/", b"page\n")
    for options, env, name in (("-x", value), {}, "-x"), ((), {"http_proxy": value}, "http_proxy"):
        result = fetch(*options, url, env=env)
        assert (result.status, result.stdout) == (2, b"")
        assert name in result.stderr and said in result.stderr
        assert "pass-word" not in result.stderr
    assert not server.requests


def test_requests_to_many_origins_share_the_connections_to_a_proxy(fetch, server, proxy):
    server.serve("/", b"page\n")
    urls = [server.url("/", f"host{number}.test") for number in range(40)]
    assert fetch("-j", "4", "-x", proxy.url(), *urls).stdout == b"page\n" * 40
    assert len(proxy.requests) == 40 and proxy.connections <= 4
