"""With nginx, tinyproxy, microsocks and nghttpd, runnel and curl have the same results with the same options."""

from dataclasses import dataclass, field

import pytest

from support.real import PROXY_USER
from support.reply import curl_version
from support.verdict import by_curl, by_runnel
from support.web import CODES


@dataclass(frozen=True)
class Row:
    """The requested URL, with `{place}` for an address of the servers."""
    url: str
    options: tuple = ()
    env: dict = field(default_factory=dict)


def row(url, *options, env=None):
    return Row(url, options, env or {})


@pytest.fixture(scope="module")
def places(web, authority, http2_server, forward_proxy, guarded_forward_proxy, socks_proxy, guarded_socks_proxy):
    return {
        "web": web.url(), "port": web.port, "tls": f"https://127.0.0.1:{web.tls}", "tls_port": web.tls,
        "both": f"https://127.0.0.1:{web.http2}", "other": f"http://127.0.0.1:{web.other}", "socket": web.socket,
        "h2": http2_server.url("", "https"), "files": web.files, "user": PROXY_USER,
        "proxy": f"127.0.0.1:{forward_proxy.port}", "guarded_proxy": f"127.0.0.1:{guarded_forward_proxy.port}",
        "socks": f"127.0.0.1:{socks_proxy.port}", "guarded_socks": f"127.0.0.1:{guarded_socks_proxy.port}",
        "ca": authority.own.public, "client": authority.client.public, "client_key": authority.client.key,
        "stranger": authority.stranger.public, "stranger_key": authority.stranger.key,
    }


FILES = {
    "a file": row("{web}/text"),
    "a large file": row("{web}/large"),
    "an empty file": row("{web}/empty"),
    "a file of one line": row("{web}/one"),
    "packed": row("{web}/packed/text"),
    "packed, large": row("{web}/packed/large"),
    "packed, empty": row("{web}/packed/empty"),
    "without keep-alive": row("{web}/brief/text"),
    "without an answer for it": row("{web}/no/such/file"),
    "a status without a body": row("{web}/status/204"),
    "an error of the server": row("{web}/status/500"),
    "a path that has to be normalised": row("{web}/a/./b/../../echo?x=/../y"),
    "no path": row("{web}"),
    "a query and no path": row("{web}?a=1"),
    "a fragment": row("{web}/echo#part"),
    "a scheme in upper case": row("HTTP://127.0.0.1:{port}/echo"),
    "a port with leading zeros": row("http://127.0.0.1:0{port}/echo"),
    "characters that could be encoded": row("{web}/echo/<a>?{{b}}|^`"),
    "a name": row("http://localhost:{port}/echo", "-4"),
    "a query": row("{web}/echo?a=1&b=%20c"),
    "a host in upper case": row("http://LOCALHOST:{port}/echo", "-4"),
    "a host as a number": row("http://2130706433:{port}/echo"),
    "a user": row("http://user:secret@127.0.0.1:{port}/locked/text"),
    "a wrong password": row("http://user:guess@127.0.0.1:{port}/locked/text"),
    "a user that has to be decoded": row("http://us%65r:secre%74@127.0.0.1:{port}/locked/text"),
    "no user where one is required": row("{web}/locked/text"),
    "a port that refuses": row("http://127.0.0.1:1/"),
}

REDIRECTS = {
    **{str(code): row(f"{{web}}/moved/{code}") for code in CODES},
    **{f"{code}, relative": row(f"{{web}}/moved/relative/{code}") for code in CODES},
    "to another origin": row("{web}/moved/away"),
    "to a missing page": row("{web}/moved/nowhere"),
    "to another scheme": row("{web}/moved/out"),
    "without an end": row("{web}/moved/round"),
    "ten times": row("{web}/chain/9"),
    "eleven times": row("{web}/chain/10"),
    "with a user": row("http://user:secret@127.0.0.1:{port}/moved/relative/302"),
    "with a user, to another origin": row("http://user:secret@127.0.0.1:{port}/moved/away"),
    "to TLS that is not trusted": row("{web}/moved/up"),
}

METHODS = {
    "head": row("{web}/text", "-I"),
    "head of an empty file": row("{web}/empty", "-I"),
    "head of what is packed": row("{web}/packed/text", "-I"),
    "head of what is not there": row("{web}/no/such/file", "-I"),
    "head, redirected": row("{web}/moved/302", "-I"),
    "head, seeing other": row("{web}/moved/303", "-I"),
    "delete": row("{web}/echo", "-X", "DELETE"),
    "options": row("{web}/echo", "-X", "OPTIONS"),
    "body": row("{web}/echo/body", "-d", "a=b"),
    "empty body": row("{web}/echo/body", "-d", ""),
    "body in parts": row("{web}/echo/body", "-d", "a=b", "-d", "c=d"),
    "body from a file": row("{web}/echo/body", "-d", "@{files}/one"),
    "body from a file of lines": row("{web}/echo", "-d", "@{files}/text"),
    "large body": row("{web}/echo/length", "-d", "x" * 100_000),
    "body that is larger than is allowed": row("{web}/echo/length", "-d", "@{files}/large"),
    "body of a kind": row("{web}/echo/body", "-d", "[1]", "-H", "Content-Type: application/json"),
    "put": row("{web}/echo/body", "-X", "PUT", "-d", "a=b"),
    "patch": row("{web}/echo/body", "-X", "PATCH", "-d", "a=b"),
    "get with a body": row("{web}/echo/body", "-X", "GET", "-d", "a=b"),
    **{f"body, redirected by {code}": row(f"{{web}}/moved/{code}", "-d", "a=b") for code in CODES},
    **{f"delete, redirected by {code}": row(f"{{web}}/moved/{code}", "-X", "DELETE") for code in (301, 302, 307, 308)},
    "body, to another origin": row("{web}/moved/away", "-d", "a=b"),
}

HEADERS = {
    "one": row("{web}/echo", "-H", "X-Test: one"),
    "without a space": row("{web}/echo", "-H", "X-Test:one"),
    "two of a name": row("{web}/echo", "-H", "X-Test: one", "-H", "X-Test: two"),
    "empty": row("{web}/echo", "-H", "X-Test;"),
    "taken away": row("{web}/echo", "-H", "Accept:"),
    "replaced": row("{web}/echo", "-H", "Accept: text/html"),
    "host": row("{web}/echo", "-H", "Host: some.test"),
    "range": row("{web}/large", "-H", "Range: bytes=100-199"),
    "range of the end": row("{web}/text", "-H", "Range: bytes=-20"),
    "range beyond the end": row("{web}/text", "-H", "Range: bytes=100000-"),
    "range of what is packed": row("{web}/packed/text", "-H", "Range: bytes=0-9"),
    "not modified": row("{web}/text", "-H", "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT"),
    "asked before a body": row("{web}/echo/body", "-H", "Expect: 100-continue", "-d", "a=b"),
    "encoding of one's own": row("{web}/packed/text", "-H", "Accept-Encoding: gzip"),
    "authorization, redirected": row("{web}/moved/302", "-H", "Authorization: Bearer x"),
    "authorization, to another origin": row("{web}/moved/away", "-H", "Authorization: Bearer x", "-H", "X-Test: one"),
    "cookie, to another origin": row("{web}/moved/away", "-H", "Cookie: a=1"),
    "cookie by -b": row("{web}/echo", "-b", "a=1; b=2"),
    "cookie by -b, redirected": row("{web}/moved/302", "-b", "a=1"),
    "agent": row("{web}/agent", "-A", "me/1"),
    "no agent": row("{web}/agent", "-A", ""),
    "agent by -H": row("{web}/agent", "-H", "User-Agent: me/2"),
    "user by -u": row("{web}/locked/text", "-u", "user:secret"),
    "wrong password by -u": row("{web}/locked/text", "-u", "user:guess"),
    "user by -u and by URL": row("http://user:guess@127.0.0.1:{port}/locked/text", "-u", "user:secret"),
    "user by -u with colons": row("{web}/echo", "-u", "user:a:b:"),
    "user by -u, redirected": row("{web}/moved/locked", "-u", "user:secret"),
    "user by -u, to another origin": row("{web}/moved/away", "-u", "user:secret"),
    "nothing packed": row("{web}/packed/text", "--no-compressed"),
}

LIMITS = {
    "no redirects": row("{web}/chain/0", "--max-redirs", "0"),
    "no redirects, and none needed": row("{web}/text", "--max-redirs", "0"),
    "three redirects": row("{web}/chain/2", "--max-redirs", "3"),
    "one redirect too many": row("{web}/chain/3", "--max-redirs", "3"),
    "many redirects": row("{web}/chain/11", "--max-redirs", "50"),
    "redirects not followed": row("{web}/moved/302", "--no-location"),
    "redirects not followed with a body": row("{web}/moved/302", "--no-location", "-d", "a=b"),
}

CONNECTIONS = {
    "resolved": row("http://some.test:{port}/echo", "--resolve", "some.test:{port}:127.0.0.1"),
    "resolved to IPv6": row("http://some.test:{port}/echo", "--resolve", "some.test:{port}:[::1]"),
    "resolved to two": row("http://some.test:{port}/echo", "--resolve", "some.test:{port}:127.0.0.9,127.0.0.1"),
    "resolved for any": row("http://some.test:{port}/echo", "--resolve", "*:{port}:127.0.0.1"),
    "resolved and redirected": row("http://some.test:{port}/moved/relative/302", "--resolve",
                                   "some.test:{port}:127.0.0.1"),
    "connected elsewhere": row("http://some.test/echo", "--connect-to", "some.test:80:127.0.0.1:{port}"),
    "connected elsewhere, whatever it is": row("http://some.test:81/echo", "--connect-to", "::127.0.0.1:{port}"),
    "connected to another host": row("http://some.test:{port}/echo", "--connect-to", "some.test::127.0.0.1:"),
    "connected elsewhere, but not this": row("{web}/echo", "--connect-to", "some.test:80:127.0.0.1:1"),
    "connected elsewhere and redirected": row("http://some.test/moved/relative/302", "--connect-to",
                                              "some.test:80:127.0.0.1:{port}"),
    "unix socket": row("http://some.test/echo", "--unix-socket", "{socket}"),
    "unix socket, redirected": row("http://some.test/moved/302", "--unix-socket", "{socket}"),
    "unix socket that is not there": row("http://some.test/echo", "--unix-socket", "{socket}.not"),
    "IPv4": row("http://localhost:{port}/echo", "-4"),
    "IPv6": row("http://localhost:{port}/echo", "-6"),
    "IPv4, an address": row("http://127.0.0.1:{port}/echo", "-4"),
    "IPv6, an address": row("http://[::1]:{port}/echo", "-6"),
}

TRUSTED = ("--cacert", "{ca}")
TLS = {
    "not trusted": row("{tls}/text"),
    "trusted": row("{tls}/text", *TRUSTED),
    "large": row("{tls}/packed/large", *TRUSTED),
    "not looked at": row("{tls}/text", "-k"),
    "trust in another": row("{tls}/text", "--cacert", "{stranger}"),
    "of another name": row("https://some.test:{tls_port}/text", *TRUSTED, "--resolve",
                           "some.test:{tls_port}:127.0.0.1"),
    "of another name, not looked at": row("https://some.test:{tls_port}/text", "-k", "--resolve",
                                          "some.test:{tls_port}:127.0.0.1"),
    "of the name": row("https://localhost:{tls_port}/echo", *TRUSTED, "-4"),
    "spoken to a server without": row("https://127.0.0.1:{port}/text", *TRUSTED),
    "not spoken to a server with it": row("http://127.0.0.1:{tls_port}/text"),
    "redirected to it": row("{web}/moved/up", *TRUSTED),
    "redirected to it, not trusted": row("{web}/moved/up"),
    "no certificate": row("{tls}/certified/", *TRUSTED),
    "certificate": row("{tls}/certified/", *TRUSTED, "--cert", "{client}", "--key", "{client_key}"),
    "certificate of a stranger": row("{tls}/certified/", *TRUSTED, "--cert", "{stranger}", "--key", "{stranger_key}"),
    "certificate with another key": row("{tls}/certified/", *TRUSTED, "--cert", "{client}", "--key", "{stranger_key}"),
    "certificate without a key": row("{tls}/certified/", *TRUSTED, "--cert", "{client}"),
}

VERSIONS = {
    "HTTP/1.1 where HTTP/2 could be": row("{both}/echo", *TRUSTED, "--http1.1"),
    "HTTP/2": row("{both}/echo", *TRUSTED, "--http2"),
    "HTTP/2, large": row("{both}/packed/large", *TRUSTED, "--http2"),
    "HTTP/2, head": row("{both}/text", *TRUSTED, "--http2", "-I"),
    "HTTP/2, body": row("{both}/echo/body", *TRUSTED, "--http2", "-d", "a=b"),
    "HTTP/2, large body": row("{both}/echo/length", *TRUSTED, "--http2", "-d", "x" * 100_000),
    "HTTP/2, redirected": row("{both}/moved/relative/302", *TRUSTED, "--http2"),
    "HTTP/2, locked": row("{both}/locked/text", *TRUSTED, "--http2", "-u", "user:secret"),
    "HTTP/2 where it cannot be": row("{tls}/echo", *TRUSTED, "--http2"),
    "HTTP/2 without TLS": row("{web}/echo", "--http2"),
    "HTTP/2 by nghttpd": row("{h2}/text", *TRUSTED, "--http2"),
    "HTTP/2 by nghttpd, large": row("{h2}/large", *TRUSTED, "--http2"),
    "HTTP/2 by nghttpd, empty": row("{h2}/empty", *TRUSTED, "--http2"),
    "HTTP/2 by nghttpd, head": row("{h2}/text", *TRUSTED, "--http2", "-I"),
    "HTTP/2 by nghttpd, not there": row("{h2}/no/such/file", *TRUSTED, "--http2"),
    "HTTP/1.1 to nghttpd, which speaks none": row("{h2}/text", *TRUSTED, "--http1.1"),
}

PROXIES = {
    "forward": row("{web}/echo", "-x", "http://{proxy}"),
    "forward, no scheme": row("{web}/echo", "-x", "{proxy}"),
    "forward, large": row("{web}/packed/large", "-x", "{proxy}"),
    "forward, redirected": row("{web}/moved/302", "-x", "{proxy}"),
    "forward, body": row("{web}/echo/body", "-x", "{proxy}", "-d", "a=b"),
    "forward, user of the page": row("{web}/locked/text", "-x", "{proxy}", "-u", "user:secret"),
    "forward, TLS": row("{tls}/echo", "-x", "{proxy}", *TRUSTED),
    "forward, TLS, large": row("{tls}/packed/large", "-x", "{proxy}", *TRUSTED),
    "forward, TLS, not trusted": row("{tls}/echo", "-x", "{proxy}"),
    "forward, HTTP/2": row("{both}/echo", "-x", "{proxy}", *TRUSTED, "--http2"),
    "forward, redirected to TLS": row("{web}/moved/up", "-x", "{proxy}", *TRUSTED),
    "forward, to a closed port": row("http://127.0.0.1:1/", "-x", "{proxy}"),
    "forward, TLS to a closed port": row("https://127.0.0.1:1/", "-x", "{proxy}"),
    "guarded forward": row("{web}/echo", "-x", "http://{user}@{guarded_proxy}"),
    "guarded forward, TLS": row("{tls}/echo", "-x", "http://{user}@{guarded_proxy}", *TRUSTED),
    "guarded forward, TLS, no user": row("{tls}/echo", "-x", "{guarded_proxy}", *TRUSTED),
    "guarded forward, wrong user": row("{web}/echo", "-x", "http://keeper:guess@{guarded_proxy}"),
    "guarded forward, TLS, wrong user": row("{tls}/echo", "-x", "http://keeper:guess@{guarded_proxy}", *TRUSTED),
    "guarded forward, and a user of the page": row("{web}/locked/text", "-x", "http://{user}@{guarded_proxy}", "-u",
                                                   "user:secret"),
    "socks": row("{web}/echo", "-x", "socks5://{socks}"),
    "socks that resolves": row("http://localhost:{port}/echo", "-x", "socks5h://{socks}"),
    "socks, large": row("{web}/packed/large", "-x", "socks5://{socks}"),
    "socks, redirected": row("{web}/moved/302", "-x", "socks5://{socks}"),
    "socks, TLS": row("{tls}/echo", "-x", "socks5h://{socks}", *TRUSTED),
    "socks, to a closed port": row("http://127.0.0.1:1/", "-x", "socks5://{socks}"),
    "guarded socks": row("{web}/echo", "-x", "socks5://{user}@{guarded_socks}"),
    "guarded socks, TLS": row("{tls}/echo", "-x", "socks5h://{user}@{guarded_socks}", *TRUSTED),
    "guarded socks, no user": row("{web}/echo", "-x", "socks5://{guarded_socks}"),
    "guarded socks, wrong user": row("{web}/echo", "-x", "socks5://keeper:guess@{guarded_socks}"),
    "refusing": row("{web}/echo", "-x", "127.0.0.1:1"),
    "refusing, TLS": row("{tls}/echo", "-x", "127.0.0.1:1", *TRUSTED),
    "refusing socks": row("{web}/echo", "-x", "socks5://127.0.0.1:1"),
    "not a proxy": row("{tls}/echo", "-x", "{web}", *TRUSTED),
}

VARIABLES = {
    "http_proxy": row("{web}/echo", env={"http_proxy": "http://{proxy}"}),
    "http_proxy, no scheme": row("{web}/echo", env={"http_proxy": "{proxy}"}),
    "http_proxy with a user": row("{web}/echo", env={"http_proxy": "http://{user}@{guarded_proxy}"}),
    "http_proxy, TLS": row("{tls}/echo", *TRUSTED, env={"http_proxy": "http://127.0.0.1:1"}),
    "https_proxy": row("{tls}/echo", *TRUSTED, env={"https_proxy": "{proxy}"}),
    "https_proxy, no TLS": row("{web}/echo", env={"https_proxy": "127.0.0.1:1"}),
    "HTTP_PROXY does not count": row("{web}/echo", env={"HTTP_PROXY": "127.0.0.1:1"}),
    "HTTPS_PROXY counts": row("{tls}/echo", *TRUSTED, env={"HTTPS_PROXY": "{proxy}"}),
    "all_proxy": row("{web}/echo", env={"all_proxy": "{proxy}"}),
    "ALL_PROXY, socks": row("{tls}/echo", *TRUSTED, env={"ALL_PROXY": "socks5h://{socks}"}),
    "all_proxy after http_proxy": row("{web}/echo", env={"all_proxy": "127.0.0.1:1", "http_proxy": "{proxy}"}),
    "no_proxy": row("{web}/echo", env={"http_proxy": "127.0.0.1:1", "no_proxy": "127.0.0.1"}),
    "NO_PROXY": row("{web}/echo", env={"http_proxy": "127.0.0.1:1", "NO_PROXY": "127.0.0.1"}),
    "no_proxy before NO_PROXY": row("{web}/echo", env={"http_proxy": "{proxy}", "no_proxy": "some.test",
                                                       "NO_PROXY": "127.0.0.1"}),
    "no_proxy of another": row("{web}/echo", env={"http_proxy": "{proxy}", "no_proxy": "some.test, 10.0.0.1"}),
    "no_proxy in a list": row("{web}/echo", env={"http_proxy": "127.0.0.1:1", "no_proxy": "some.test, 127.0.0.1"}),
    "no_proxy of a network": row("{web}/echo", env={"http_proxy": "127.0.0.1:1", "no_proxy": "127.0.0.0/8"}),
    "no_proxy of a name": row("http://localhost:{port}/echo", "-4", env={"http_proxy": "127.0.0.1:1",
                                                                       "no_proxy": "LocalHost"}),
    "no_proxy of a part of a name": row("http://localhost:{port}/echo", "-4", env={"http_proxy": "{proxy}",
                                                                                 "no_proxy": "host,ocalhost"}),
    "no_proxy of a domain": row("http://some.test:{port}/echo", "--resolve", "some.test:{port}:127.0.0.1",
                                env={"http_proxy": "127.0.0.1:1", "no_proxy": ".test"}),
    "no_proxy of all": row("{web}/echo", env={"http_proxy": "127.0.0.1:1", "no_proxy": "*"}),
    "no_proxy does not count with -x": row("{web}/echo", "-x", "{proxy}", env={"no_proxy": "127.0.0.2"}),
    "-x before http_proxy": row("{web}/echo", "-x", "{proxy}", env={"http_proxy": "127.0.0.1:1"}),
    "-x of nothing": row("{web}/echo", "-x", "", env={"http_proxy": "127.0.0.1:1"}),
    "redirected to what has another": row("{web}/moved/up", *TRUSTED, env={"http_proxy": "{proxy}",
                                                                          "https_proxy": "socks5h://{socks}"}),
}

TABLES = {"files": FILES, "redirects": REDIRECTS, "methods": METHODS, "headers": HEADERS, "limits": LIMITS,
          "connections": CONNECTIONS, "tls": TLS, "versions": VERSIONS, "proxies": PROXIES, "variables": VARIABLES}
ROWS = {f"{title}: {name}": asked for title, table in TABLES.items() for name, asked in table.items()}


def _filled_in(texts, places):
    return [text.format(**places) for text in texts]


def verdicts(asked, places):
    """runnel's and curl's."""
    url, options = asked.url.format(**places), _filled_in(asked.options, places)
    env = dict(zip(asked.env, _filled_in(asked.env.values(), places)))
    return by_runnel([url], *options, env=env)[url], by_curl(url, *options, env=env)


@pytest.mark.parametrize("name", ROWS)
def test_the_verdict_is_curls(places, name):
    runnel, curl = verdicts(ROWS[name], places)
    assert runnel == curl


def test_a_redirect_from_tls_to_none_is_followed_by_curl_only(places):
    runnel, curl = verdicts(row("{tls}/moved/down", *TRUSTED), places)
    assert (curl.failure, curl.num_redirects) == (None, 1)
    assert runnel.failure == "redirect"


def test_a_redirect_from_tls_to_none_is_followed_if_it_is_allowed(places):
    url = places["tls"] + "/moved/down"
    trusted = _filled_in(TRUSTED, places)
    assert by_runnel([url], *trusted, "--allow-downgrade")[url] == by_curl(url, *trusted)


def test_an_absolute_redirect_to_the_same_origin_keeps_the_user_of_the_url_unlike_curl_8(places):
    runnel, curl = verdicts(row("http://user:secret@127.0.0.1:{port}/moved/locked"), places)
    assert (runnel.failure, runnel.response_code) == (None, 200)
    assert runnel == curl if curl_version() < (8, 0) else curl.response_code == 401


def test_a_cookie_of_the_command_line_goes_to_another_origin_with_curl_only(places):
    runnel, curl = verdicts(row("{web}/moved/away", "-b", "a=1"), places)
    assert b"cookie=a=1" in curl.body
    assert runnel.response_code == 200 and b"cookie= " in runnel.body


def test_a_post_without_a_body_has_a_length_with_runnel_only(places):
    runnel, curl = verdicts(row("{web}/echo", "-X", "POST"), places)
    assert b"length= " in curl.body
    assert runnel.body == curl.body.replace(b"length=", b"length=0")


def test_a_proxy_that_wants_a_user_has_failed_with_runnel_only(places):
    runnel, curl = verdicts(row("{web}/echo", "-x", "{guarded_proxy}"), places)
    assert (curl.failure, curl.response_code) == (None, 407)
    assert runnel.failure == "proxy"


@pytest.mark.parametrize("option", ["--cacert", "--cert", "--key"])
def test_a_file_that_is_not_there_is_a_failure_with_both(fetch, places, option):
    files = ("--cacert", places["ca"], "--cert", places["client"], "--key", places["client_key"])
    options = (*files, option, "/no/such/file")
    url = places["tls"] + "/certified/"
    assert by_curl(url, *options).failure
    result = fetch(*options, url)
    assert result.status in (1, 2) and "/no/such/file" in result.stderr
