"""With nginx, tinyproxy, microsocks and nghttpd runnel comes to what curl comes to with the same options."""

from dataclasses import dataclass, field

import pytest

from support.real import PROXY_USER
from support.verdict import by_curl, by_runnel
from support.web import CODES


@dataclass(frozen=True)
class Row:
    """What is asked, with `{place}` for what a test finds out. `options` are for both, `curl` and `runnel` for one."""
    url: str
    options: tuple = ()
    curl: tuple = ()
    runnel: tuple = ()
    env: dict = field(default_factory=dict)


def row(url, *options, **others):
    return Row(url, options, **others)


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
    "a name": row("http://localhost:{port}/echo"),
    "a query": row("{web}/echo?a=1&b=%20c"),
    "a host in upper case": row("http://LOCALHOST:{port}/echo"),
    "a host as a number": row("http://2130706433:{port}/echo"),
    "a user": row("http://user:secret@127.0.0.1:{port}/locked/text"),
    "a user who does not know the password": row("http://user:guess@127.0.0.1:{port}/locked/text"),
    "a user that has to be decoded": row("http://us%65r:secre%74@127.0.0.1:{port}/locked/text"),
    "nobody where a user is wanted": row("{web}/locked/text"),
    "a port that refuses": row("http://127.0.0.1:1/"),
}

REDIRECTS = {
    **{str(code): row(f"{{web}}/moved/{code}") for code in CODES},
    **{f"{code}, relative": row(f"{{web}}/moved/relative/{code}") for code in CODES},
    "to another origin": row("{web}/moved/away"),
    "to nobody": row("{web}/moved/nowhere"),
    "to another scheme": row("{web}/moved/out"),
    "for ever": row("{web}/moved/round"),
    "ten times": row("{web}/chain/9"),
    "eleven times": row("{web}/chain/10"),
    "with a user": row("http://user:secret@127.0.0.1:{port}/moved/relative/302"),
    "with a user, to another origin": row("http://user:secret@127.0.0.1:{port}/moved/away"),
    "with a user, absolute": row("http://user:secret@127.0.0.1:{port}/moved/locked"),
    "to TLS that is not trusted": row("{web}/moved/up"),
}

TLS = {
    "not trusted": row("{tls}/text"),
}

TABLES = {"files": FILES, "redirects": REDIRECTS, "tls": TLS}
ROWS = {f"{title}: {name}": asked for title, table in TABLES.items() for name, asked in table.items()}


def _filled_in(texts, places):
    return [text.format(**places) for text in texts]


@pytest.mark.parametrize("name", ROWS)
def test_the_verdict_is_curls(places, name):
    asked = ROWS[name]
    url, options = asked.url.format(**places), _filled_in(asked.options, places)
    env = dict(zip(asked.env, _filled_in(asked.env.values(), places)))
    curl = by_curl(url, *options, *_filled_in(asked.curl, places), env=env)
    runnel = by_runnel([url], *options, *_filled_in(asked.runnel, places), env=env)[url]
    assert runnel == curl
