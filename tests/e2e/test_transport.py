"""Where connections go, which certificates are trusted, and which redirects are followed."""

import socket
import ssl
import subprocess

import pytest

from support.bodies import gzip, gzipped
from support.faults import redirect
from support.server import Server

USAGE = 2


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.fixture
def both_families():
    """Two servers at one port: of 127.0.0.1, and of ::1."""
    if not has_ipv6():
        pytest.skip("this machine has no ::1")
    ipv4 = Server()
    ipv6 = Server(listener=socket.create_server(("::1", ipv4.port), family=socket.AF_INET6))
    ipv4.serve("/", b"four\n")
    ipv6.serve("/", b"six\n")
    yield ipv4.port
    ipv4.close()
    ipv6.close()


@pytest.fixture
def socket_server(tmp_path):
    path = str(tmp_path / "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    running = UnixServer(listener=listener)
    running.socket_path = path
    yield running
    running.close()


class UnixServer(Server):
    def url(self, path, host="127.0.0.1"):
        return f"http://{host}{path}"


def refused(result, *words):
    """A usage error with these words, before anything was done."""
    assert (result.status, result.stdout) == (USAGE, b""), result
    assert all(word in result.stderr for word in words), result.stderr


# Redirects


@pytest.fixture
def chain(server):
    """/3 leads to /2 and so on; /0 is the final page."""
    server.serve("/0", b"here\n")
    for left in range(1, 15):
        server.serve(f"/{left}", redirect(f"/{left - 1}"))
    return server


@pytest.mark.parametrize("limit, followed, enough", [
    ("0", 0, True), ("0", 1, False), ("1", 1, True), ("1", 2, False), ("12", 12, True), ("-1", 14, True)])
def test_redirects_are_followed_up_to_the_limit(fetch, chain, limit, followed, enough):
    record = fetch("--json", "--max-redirs", limit, chain.url(f"/{followed}")).record
    assert (record["ok"], record["error"]) == (enough, None if enough else "redirect")
    assert record["num_redirects"] == (followed if enough else int(limit))
    assert len(chain.requests) == record["num_redirects"] + 1


@pytest.mark.parametrize("limit", ["-2", "x", "", "1.5", "99999999999"])
def test_an_invalid_limit_is_refused(fetch, limit):
    refused(fetch("--max-redirs", limit, "http://127.0.0.1:1/"), "--max-redirs")


def test_without_following_a_redirect_is_the_response(fetch, chain):
    record = fetch("--json", "--no-location", chain.url("/1")).record
    assert (record["error"], record["response_code"], record["num_redirects"]) == ("http_status", 302, 0)
    assert len(chain.requests) == 1
    assert fetch("--json", "--no-location", "--expect", "3xx", chain.url("/1")).record["ok"]


def test_without_following_a_redirect_to_nowhere_is_a_status_like_others(fetch, server):
    url = server.serve("/", redirect())
    assert fetch("--json", url).record["error"] == "redirect"
    assert fetch("--json", "--no-location", url).record["error"] == "http_status"


def test_a_redirect_from_https_to_http_is_followed_only_if_that_is_allowed(fetch, server, secure_server):
    url = secure_server.serve("/", redirect(server.serve("/page", b"page\n")))
    result = fetch("-k", "--json", url)
    assert result.record["error"] == "redirect" and not server.requests
    assert fetch("-k", "--allow-downgrade", url).stdout == b"page\n"


# Trust


def test_insecure_accepts_an_untrusted_certificate(fetch, secure_server):
    url = secure_server.serve("/", b"page\n")
    assert fetch("--json", url).record["error"] == "tls"
    for option in ("-k", "--insecure"):
        assert fetch(option, url).stdout == b"page\n"


@pytest.fixture
def trusted_server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server.public, authority.server.key)
    running = Server(tls=context)
    running.serve("/", b"page\n")
    yield running
    running.close()


def test_the_authorities_of_a_file_are_trusted_instead_of_the_systems(fetch, trusted_server, authority):
    url = trusted_server.url("/")
    assert fetch("--json", url).record["error"] == "tls"
    assert fetch("--cacert", authority.own.public, url).stdout == b"page\n"
    assert fetch("--json", "--cacert", authority.stranger.public, url).record["error"] == "tls"


@pytest.mark.parametrize("variable", ["CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environment_can_name_the_authorities_as_for_curl(fetch, trusted_server, authority, variable):
    url = trusted_server.url("/")
    assert fetch(url, env={variable: authority.own.public}).stdout == b"page\n"
    result = fetch("--json", "--cacert", authority.stranger.public, url, env={variable: authority.own.public})
    assert result.record["error"] == "tls"
    refused(fetch(url, env={variable: "/no/such/file"}), variable, "/no/such/file")


def test_a_certificate_is_good_for_its_names_only(fetch, trusted_server, authority):
    trust = ("--cacert", authority.own.public)
    assert fetch(*trust, trusted_server.url("/", "localhost")).stdout == b"page\n"
    result = fetch("--json", *trust, trusted_server.url("/", "other.localhost"))
    assert result.record["error"] == "tls"


@pytest.fixture
def asking_server(authority):
    """Requires a client certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server.public, authority.server.key)
    context.load_verify_locations(authority.own.public)
    context.verify_mode = ssl.CERT_REQUIRED
    running = Server(tls=context)
    running.serve("/", b"page\n")
    yield running
    running.close()


@pytest.fixture(scope="module")
def locked_key(authority, tmp_path_factory):
    """The client's certificate and its key, with the password `a:b`, in a file with a colon in its name."""
    path = tmp_path_factory.mktemp("locked") / "c:lient.pem"
    key = subprocess.run(["openssl", "pkey", "-aes256", "-passout", "pass:a:b", "-in", authority.client.key],
                         check=True, capture_output=True).stdout
    with open(authority.client.public, "rb") as public:
        path.write_bytes(public.read() + key)
    return str(path)


def test_a_certificate_is_shown_to_a_server_that_asks_for_it(fetch, asking_server, authority):
    ask = ("--cacert", authority.own.public, asking_server.url("/"))
    assert fetch(*ask).status == 1
    assert fetch("--cert", authority.client.public, "--key", authority.client.key, *ask).stdout == b"page\n"
    assert fetch("--cert", authority.stranger.public, "--key", authority.stranger.key, *ask).status == 1
    assert len(asking_server.requests) == 1


def test_a_certificate_and_its_key_may_be_one_file_with_a_password(fetch, asking_server, authority, locked_key):
    ask = ("--cacert", authority.own.public, asking_server.url("/"))
    escaped = locked_key.replace(":", "\\:")
    assert fetch("--cert", f"{escaped}:a:b", *ask).stdout == b"page\n"
    result = fetch("--json", "-v", "--cert", f"{escaped}:hush", *ask)
    assert result.record["error"] == "tls"
    assert "hush" not in result.stderr + result.stdout.decode()


def test_a_file_that_cannot_be_read_is_reported_before_anything_starts(fetch, server, tmp_path):
    url = server.serve("/", b"page\n")
    for option in ("--cacert", "--cert", "--key"):
        refused(fetch(option, "/no/such/file", url), option, "/no/such/file", "No such file")
        refused(fetch(option, str(tmp_path), url), option, "directory")
    refused(fetch("--cert", ":password", url), "--cert")
    refused(fetch("--cert", "/no/such/file:hush", url), "--cert")
    assert "hush" not in fetch("--cert", "/no/such/file:hush", url).stderr
    assert not server.requests


# Addresses


def test_resolve_replaces_the_look_up(fetch, server, resolver):
    server.serve("/", b"page\n")
    url = server.url("/", "nx.test")
    assert fetch("--json", url, env=resolver).record["error"] == "dns"
    for rule in (f"nx.test:{server.port}:127.0.0.1", f"NX.test:{server.port}:192.0.2.1,127.0.0.1",
                 f"*:{server.port}:127.0.0.1", f"+nx.test:{server.port}:127.0.0.1"):
        result = fetch("--resolve", "other.test:80:192.0.2.1", "--resolve", rule, "--connect-timeout", "20s", url,
                       env=resolver)
        assert result.stdout == b"page\n", rule
    assert server.requests[0].headers["host"] == f"nx.test:{server.port}"
    other_port = fetch("--json", "--resolve", "nx.test:1:127.0.0.1", url, env=resolver)
    assert other_port.record["error"] == "dns"


def test_resolve_applies_to_addresses_and_redirects(fetch, server, resolver):
    server.serve("/page", b"page\n")
    server.serve("/", redirect(server.url("/page", "nx.test")))
    rules = [f"{host}:{server.port}:127.0.0.1" for host in ("nx.test", "192.0.2.7")]
    result = fetch("--resolve", rules[0], "--resolve", rules[1], server.url("/", "192.0.2.7"), env=resolver)
    assert result.stdout == b"page\n"


def test_resolve_keeps_the_name_for_tls(fetch, trusted_server, authority):
    url = trusted_server.url("/", "other.test")
    rule = f"other.test:{trusted_server.port}:127.0.0.1"
    assert fetch("--json", "--cacert", authority.own.public, "--resolve", rule, url).record["error"] == "tls"
    assert fetch("-k", "--resolve", rule, url).stdout == b"page\n"


@pytest.mark.parametrize("rule", ["", "a", "a:80", "a:80:b", "a:x:127.0.0.1", "[::1]:80:127.0.0.1"])
def test_an_invalid_resolve_rule_is_refused(fetch, rule):
    refused(fetch("--resolve", rule, "http://127.0.0.1:1/"), "--resolve")


@pytest.mark.parametrize("rule", [
    "nx.test:80:some.test:{port}", "nx.test::some.test:{port}", ":80:127.0.0.1:{port}", "::127.0.0.1:{port}",
    "NX.test:80:[::1]:{port}"])
def test_connect_to_goes_to_another_host_and_port(fetch, both_families, resolver, rule):
    result = fetch("--json", "--connect-to", "other.test:80:nx.test:1", "--connect-to",
                   rule.format(port=both_families), "http://nx.test/", env=resolver)
    assert result.record["ok"] and result.record["remote_port"] == both_families
    assert result.record["remote_ip"] == ("::1" if "[::1]" in rule else "127.0.0.1")


def test_connect_to_keeps_the_host_that_is_asked_for(fetch, server, resolver):
    server.serve("/", b"page\n")
    result = fetch("--connect-to", f"nx.test:80::{server.port}", "--connect-to", f"::some.test:{server.port}",
                   "--resolve", f"nx.test:{server.port}:127.0.0.1", "http://nx.test/", "http://any.test/",
                   env=resolver)
    assert result.stdout == b"page\n" * 2
    assert sorted(request.headers["host"] for request in server.requests) == ["any.test", "nx.test"]


def test_connect_to_leaves_the_other_hosts_alone(fetch, server, resolver):
    url = server.serve("/", b"page\n")
    result = fetch("--connect-to", "nx.test:80:127.0.0.1:1", url, env=resolver)
    assert result.stdout == b"page\n"


@pytest.mark.parametrize("rule", ["", "a", "a:80:b", "a:80:b:x", "a:80:b/c:80", "a:80:b:80:c"])
def test_an_invalid_connect_to_rule_is_refused(fetch, rule):
    refused(fetch("--connect-to", rule, "http://127.0.0.1:1/"), "--connect-to")


@pytest.mark.parametrize("options, body", [
    (["-4"], b"four\n"), (["-6"], b"six\n"), (["--ipv4"], b"four\n"), (["--ipv6"], b"six\n"), (["-6", "-4"], b"four\n"),
    (["-4", "-6"], b"six\n")])
def test_a_family_of_addresses_can_be_asked_for(fetch, both_families, options, body):
    assert fetch(*options, f"http://localhost:{both_families}/").stdout == body


def test_an_address_of_the_other_family_is_not_connected_to(fetch, both_families, resolver):
    for option, host in (("-4", "[::1]"), ("-6", "127.0.0.1")):
        record = fetch("--json", option, f"http://{host}:{both_families}/").record
        assert (record["error"], record["exitcode"]) == ("connect", 7)
    record = fetch("--json", "-6", f"http://some.test:{both_families}/", env=resolver).record
    assert (record["error"], record["exitcode"]) == ("dns", 6)


def test_a_socket_takes_the_place_of_the_network(fetch, socket_server, resolver):
    socket_server.serve("/page", b"page\n")
    socket_server.serve("/moved", redirect("http://hang.test/page"))
    urls = ("http://nx.test/page", "http://nx.test/moved")
    result = fetch("--unix-socket", socket_server.socket_path, *urls, env=resolver | {"http_proxy": "127.0.0.1:1"})
    assert (result.status, result.stdout) == (0, b"page\n" * 2)
    assert {request.headers["host"] for request in socket_server.requests} == {"nx.test", "hang.test"}
    record = fetch("--json", "--unix-socket", socket_server.socket_path, urls[0]).record
    # libcurl keeps the first 45 characters.
    assert record["ok"] and str(socket_server.socket_path).startswith(record["remote_ip"])


def test_a_socket_without_a_listener_is_a_failed_connection(fetch, tmp_path):
    record = fetch("--json", "--unix-socket", str(tmp_path / "none"), "http://127.0.0.1/").record
    assert record["errormsg"] == f"cannot connect to the socket {tmp_path / 'none'}: No such file or directory"
    assert record["error"] == "connect"


def test_the_path_of_a_socket_has_to_fit(fetch, tmp_path):
    refused(fetch("--unix-socket", str(tmp_path / ("x" * 200)), "http://127.0.0.1/"), "--unix-socket", "107")
    refused(fetch("--unix-socket", "", "http://127.0.0.1/"), "--unix-socket")


# The address guard


PRIVATE_HOSTS = ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "some.test"]


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_private_addresses_are_not_connected_to_when_that_is_denied(fetch, server, resolver, host):
    server.serve("/", b"secret\n")
    result = fetch("--json", "--deny-private", server.url("/", host), env=resolver)
    assert (result.record["error"], result.record["exitcode"]) == ("blocked", 7)
    assert "127.0.0.1" in result.record["errormsg"] or "::1" in result.record["errormsg"]
    assert server.connections == 0 and result.status == 1


def test_public_addresses_are_used_beside_private_ones(fetch, server, resolver):
    server.serve("/", b"page\n")
    for host in ("8.8.8.8", "public.test", "mixed.test"):
        result = fetch("--deny-private", server.url("/", host), env=resolver)
        assert (result.status, result.stdout) == (0, b"page\n"), host


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_no_redirect_bypasses_the_guard(fetch, server, resolver, host):
    server.serve("/secret", b"secret\n")
    server.serve("/", redirect(server.url("/secret", host)))
    record = fetch("--json", "--deny-private", server.url("/", "public.test"), env=resolver).record
    assert (record["error"], record["num_redirects"]) == ("blocked", 1)
    assert not server.requests_to("/secret")


def test_a_public_address_that_refuses_is_a_connect_failure(fetch, resolver):
    record = fetch("--json", "--deny-private", "--connect-timeout", "20s", "http://mixed.test:1/", env=resolver).record
    assert record["error"] == "connect"


def test_rules_for_connections_do_not_bypass_the_guard(fetch, server, resolver):
    server.serve("/", b"secret\n")
    for option in (["--resolve", f"public.test:{server.port}:127.0.0.1"],
                   ["--connect-to", "public.test::127.0.0.1:"]):
        result = fetch("--json", "--deny-private", *option, server.url("/", "public.test"), env=resolver)
        assert result.record["error"] == "blocked", option
    assert server.connections == 0


def test_a_request_through_a_proxy_is_blocked_because_its_target_is_unknown(fetch, server, resolver):
    server.serve("/", b"page\n")
    env = resolver | {"all_proxy": f"http://user:hush@127.0.0.1:{server.port}", "no_proxy": "public.test"}
    for url in (server.url("/", "8.8.8.8"), "https://8.8.8.8/"):
        result = fetch("--json", "--deny-private", url, env=env)
        assert result.record["error"] == "blocked" and "proxy" in result.record["errormsg"]
        assert "hush" not in result.stderr + result.stdout.decode()
    assert fetch("--deny-private", server.url("/", "public.test"), env=env).stdout == b"page\n"
    assert server.connections == 1


def test_a_socket_and_the_guard_exclude_each_other(fetch, tmp_path):
    refused(fetch("--deny-private", "--unix-socket", str(tmp_path / "x"), "http://8.8.8.8/"),
            "--deny-private", "--unix-socket")


# The request


def test_compressed_bodies_are_requested_by_default(fetch, server):
    url = server.serve("/", b"page\n")
    assert fetch(url).status == fetch("--no-compressed", url).status == 0
    asked, not_asked = (request.headers.get("accept-encoding") for request in server.requests)
    assert "gzip" in asked and not_asked is None


def test_a_compressed_body_is_unpacked(fetch, server):
    url = server.serve("/", gzipped(gzip([b"one\n", b"two\n"])))
    assert fetch(url).stdout == b"one\ntwo\n"


def test_a_password_of_one_url_does_not_reach_another(fetch, server):
    server.serve("/", b"page\n")
    urls = [server.url("/", "user:hush@127.0.0.1"), server.url("/", "127.0.0.1"), server.url("/", "localhost")] * 10
    assert fetch("-j", "1", *urls).status == 0
    by_host = [(request.headers["host"].partition(":")[0], request.headers.get("authorization"))
               for request in server.requests]
    assert by_host.count(("127.0.0.1", None)) == by_host.count(("localhost", None)) == 10


def test_cookies_of_a_file_are_sent_and_changed_by_servers(fetch, server, tmp_path):
    server.serve("/", b"page\n")
    server.serve("/login", lambda talk: talk.reply(status=302, headers={"Location": "/", "Set-Cookie": "a=new"}))
    jar = tmp_path / "jar"
    jar.write_text("".join(f"{host}\tFALSE\t/\tFALSE\t0\ta\told\n" for host in ("127.0.0.1", "localhost")))
    urls = [server.url("/login"), server.url("/", "localhost")]
    assert fetch("-b", str(jar), *urls).status == 0
    sent = {(request.headers["host"].partition(":")[0], request.path): request.headers["cookie"]
            for request in server.requests}
    assert sent == {("127.0.0.1", "/login"): "a=old", ("127.0.0.1", "/"): "a=new", ("localhost", "/"): "a=old"}
    assert fetch(*urls).status == 0
    assert not [request for request in server.requests[3:] if "cookie" in request.headers]
    assert jar.read_text().count("old") == 2


def test_cookies_of_headers_and_of_a_file_are_sent_together(fetch, server):
    url = server.serve("/", lambda talk: talk.reply(b"page\n", headers={"Set-Cookie": "jar=1"}))
    cookies = ["-H", "Cookie: a=1", "-H", "Cookie: b=2"]
    assert fetch("-b", "", "-j", "1", *cookies, url, url).status == 0
    assert [sorted(request.headers["cookie"].split("; ")) for request in server.requests] == [
        ["a=1", "b=2"], ["a=1", "b=2", "jar=1"]]


def test_an_empty_jar_still_takes_cookies(fetch, server):
    server.serve("/", b"page\n")
    url = server.serve("/login", lambda talk: talk.reply(status=302, headers={"Location": "/", "Set-Cookie": "a=1"}))
    assert fetch("-b", "", url).status == 0
    assert server.requests[1].headers["cookie"] == "a=1"
    refused(fetch("-b", "/no/such/file", url), "-b", "/no/such/file")


def test_a_jar_keeps_50_cookies_of_a_host(fetch, server):
    def set_some(talk):
        first = int(talk.request.query)
        talk.send(b"HTTP/1.1 200 OK\r\n", *[b"Set-Cookie: c%d=1\r\n" % n for n in range(first, first + 40)],
                  b"Content-Length: 0\r\n\r\n")
    url = server.serve("/", set_some)
    fetch("-b", "", "-j", "1", *[f"{url}?{first}" for first in (0, 40, 80, 120)])
    sent = [request.headers.get("cookie", "").count("=") for request in server.requests]
    assert sent == [0, 40, 50, 50]
    assert "c119=1" in server.requests[3].headers["cookie"]
