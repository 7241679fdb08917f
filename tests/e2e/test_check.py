"""`runnel check`: which targets are up, and the assertions."""

import functools
import json
import signal
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from support import certificates, tool
from support.faults import BlackHole, Refusing
from support.pace import count, duration
from support.server import Server


@pytest.fixture
def check(runnel):
    return functools.partial(runnel, "check")


@pytest.fixture
def found(check):
    """Checks with `--format json`; returns the object of each target by its name."""
    def run(*args, **options):
        result = check("--format", "json", *args, **options)
        return {one["name"]: one for one in map(json.loads, result.stdout.splitlines())}
    return run


@pytest.fixture
def only(found):
    """The same for one target."""
    def run(*args, **options):
        (one,) = found(*args, **options).values()
        return one
    return run


@pytest.fixture
def black_hole():
    place = BlackHole()
    yield place.port
    place.close()


@pytest.fixture
def refusing():
    place = Refusing()
    yield place.port
    place.close()


@pytest.fixture
def health(server):
    return server.serve("/health", lambda talk: talk.reply(
        b'{"status":"ok","version":"1.10","items":[1,2,3]}', headers={"Content-Type": "application/json"}))


# Targets


def test_a_target_that_answers_is_up(check, health):
    result = check(health)
    assert (result.status, result.stderr) == (0, "")
    first, second = result.stdout.decode().splitlines()
    assert first.startswith(f"up    {health}  200 in 0.")
    assert second == "      ok    expect 2xx: 200"


def test_a_failed_assertion_is_down_and_the_others_are_reported(check, health, refusing):
    result = check(f"gone=http://127.0.0.1:{refusing}/", f"api={health}")
    assert result.status == 1
    first, *_, third, fourth = result.stdout.decode().splitlines()
    assert first.startswith(f"down  gone http://127.0.0.1:{refusing}/  connect: ")
    assert third.startswith(f"up    api {health}  200 in ")


def test_a_port_is_up_when_it_takes_connections(found, check, server, refusing):
    up, down = f"tcp://127.0.0.1:{server.port}", f"tcp://localhost:{refusing}"
    seen = found(f"db={up}", down)
    assert (seen["db"]["state"], seen["db"]["error"], seen["db"]["url"]) == ("up", None, up)
    assert (seen["db"]["response_code"], seen["db"]["remote_ip"], seen["db"]["assertions"]) == (None, "127.0.0.1", [])
    assert seen["db"]["time_connect"] > 0
    assert (seen[down]["state"], seen[down]["error"]) == ("down", "connect")
    assert check(up).status == 0
    assert check(down).status == 1


def test_nothing_is_sent_to_a_port(check, server):
    """Not through the proxy of the environment, and the connection is closed at once."""
    listener = socket.create_server(("127.0.0.1", 0))
    assert check(f"tcp://127.0.0.1:{listener.getsockname()[1]}",
                 env={"http_proxy": f"http://127.0.0.1:{server.port}"}).status == 0
    accepted, _ = listener.accept()
    with listener, accepted:
        accepted.settimeout(10)
        assert accepted.recv(1) == b""
    assert server.connections == 0


def test_a_port_by_name_by_rule_and_behind_the_guard(check, only, server, resolver):
    assert check(f"tcp://host.test:{server.port}", env=resolver).status == 0
    assert only("tcp://nx.test:80", env=resolver)["error"] == "dns"
    assert check("--connect-to", f"db.internal:5432:127.0.0.1:{server.port}", "tcp://db.internal:5432").status == 0
    assert check("--resolve", f"db.internal:{server.port}:127.0.0.1", f"tcp://db.internal:{server.port}").status == 0
    assert only("--deny-private", f"tcp://127.0.0.1:{server.port}")["error"] == "blocked"
    assert only(f"TCP://127.0.0.1:{server.port}")["state"] == "up"


def test_an_ipv6_port(check):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        assert check(f"tcp://[::1]:{listener.getsockname()[1]}").status == 0


def test_targets_come_from_a_file(found, check, health, server, tmp_path):
    file = tmp_path / "targets"
    file.write_text(f"\ufeff# ours\n\n  api={health}  \r\ntcp://127.0.0.1:{server.port}")
    assert list(found("-i", str(file))) == ["api", f"tcp://127.0.0.1:{server.port}"]
    assert list(found("-i", "-", input=f"x={health}\n".encode())) == ["x"]
    file.write_text(f"api={health}\nnonsense\n")
    result = check("-i", str(file))
    assert result.status == 2
    assert f"runnel: {file}:2: nonsense: " in result.stderr
    assert check("-i", str(tmp_path / "none")).status == 2


BAD = {
    (): "name at least one target",
    ("example.org",): "https://",
    ("tcp://127.0.0.1",): "a TCP target must be tcp://HOST:PORT, without user, path, query or fragment",
    ("tcp://127.0.0.1:80/x",): "a TCP target must be tcp://HOST:PORT, without user, path, query or fragment",
    ("tcp://[::1]",): "a TCP target must be tcp://HOST:PORT, without user, path, query or fragment",
    ("tcp://a:99999",): "",
    ("ftp://a/",): "",
    ("a=http://h/", "a=http://i/"): ": rename one of them with NAME=TARGET",
    ("http://u@h/", "http://v@h/"): "two targets are named http://***@h/ ",
    ("-I", "--body-re", "x", "http://h/"): "--body-re: a response to HEAD (-I) has no body to check",
    ("-I", "--no-body-re", "x", "http://h/"): "--no-body-re: ",
    ("-X", "HEAD", "--json-value", "/a exists", "http://h/"): "--json-value: ",
    ("-I", "--max-body", "1k", "http://h/"): "--max-body: ",
    ("http://h/", "--warn-time", "5s", "--crit-time", "1s"): "--warn-time 5 s is above --crit-time 1 s",
    ("--only-changed", "http://h/"): "--only-changed requires --state FILE",
    ("tcp://h:1", "--body-re", "x"): "--body-re: a TCP connection has no response to check",
    ("http://h/", "--expect", "x"): "--expect: ",
    ("http://h/", "--expect-header", "x"): "--expect-header: ",
    ("http://h/", "--body-re", "("): "--body-re: ",
    ("http://h/", "--no-body-re", "("): "--no-body-re: ",
    ("http://h/", "--json-value", "/a"): "--json-value: ",
    ("http://h/", "--warn-time", "soon"): "--warn-time: ",
    ("http://h/", "--crit-time", "-1"): "--crit-time: ",
    ("http://h/", "--cert-days", "7,30"): "--cert-days: ",
    ("http://h/", "--max-body", "x"): "--max-body: ",
    ("http://h/", "--format", "xml"): "--format: ",
    ("http://h/", "--wait", "x"): "--wait: ",
    ("http://h/", "--interval", "x"): "--interval: ",
    ("http://h/", "--wait", "1s", "--interval", "0"): "--interval: must be above zero",
    ("http://h/", "--deadline", "x"): "--deadline: ",
    ("http://h/", "--state", ""): "--state: ",
    ("http://h/", "--rise", "0", "--state", "s"): "--rise: ",
    ("http://h/", "--fall", "x", "--state", "s"): "--fall: ",
    ("http://h/", "--fall", "2"): "--rise and --fall require --state FILE, because they count over several runs",
    ("http://h/", "--wait", "1s", "--state", "s"): "--wait and --state exclude each other",
    ("http://h/", "--output", ""): "--output: ",
    ("http://h/", "--mock", "/nowhere"): "",
    ("http://h/", "--json-value", "/a < nan"): "--json-value: ",
    ("http://h/", "--grace", "x"): "--grace: ",
    ("http://h/", "--max-line", "x"): "--max-line: ",
    ("http://h/", "--json"): "--json: say --format json",
    ("tcp://::1:1",): '"::1:1" is not a HOST:PORT',
    ("-i", "-"): "--input: no targets in -",
}


@pytest.mark.parametrize("args", BAD, ids=" ".join)
def test_bad_arguments_are_reported_before_anything_starts(check, args):
    result = check(*args)
    assert (result.status, result.stdout) == (2, b"")
    assert BAD[args] in result.stderr


def test_a_password_is_shown_nowhere(check, server):
    server.serve("/", lambda talk: talk.reply(b"no", 401))
    url = server.url("/").replace("http://", "http://ada:sesame@")
    for form in ("text", "json", "nagios", "prometheus", "junit", "tap"):
        result = check("-v", "--format", form, url)
        assert b"http://***@127.0.0.1" in result.stdout
        assert "sesame" not in result.stdout.decode() + result.stderr


# Limits


def test_an_attempt_has_its_limit_of_time(found, server):
    seen = found("-m", "200ms", server.serve("/hang", lambda talk: talk.hang()), f"tcp://127.0.0.1:{server.port}")
    assert [one["error"] for one in seen.values()] == ["timeout", None]


def test_the_time_is_for_all_redirects_together(only, server):
    """Ten hops of 100 ms do not fit into half a second."""
    def hop(talk):
        talk.pause(0.1)
        number = int(talk.request.path[1:])
        talk.reply(status=302, headers={"Location": f"/{number + 1}"})
    for number in range(10):
        server.serve(f"/{number}", hop)
    server.serve("/10", b"there")
    assert only("-m", "500ms", server.url("/0"))["error"] == "timeout"
    assert only("-m", "60s", "--deadline", "60s", server.url("/0"))["state"] == "up"


def test_the_deadline_is_for_everything(check, server, black_hole):
    good = server.serve("/", b"good")
    result = check("--deadline", "300ms", "-m", "0", "--format", "json", good, f"tcp://127.0.0.1:{black_hole}")
    assert result.status == 124
    assert "the deadline passed: 1 of 2 targets are up" in result.stderr
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["state"], second["state"], second["error"]) == ("up", "down", "deadline")


def test_the_progress_of_a_target_at_the_deadline_is_reported(only, server):
    one = only("--deadline", duration(0.5), server.serve("/", lambda talk: talk.hang()))
    assert (one["error"], one["attempts"], one["remote_ip"]) == ("deadline", 1, "127.0.0.1")
    assert 0 < one["time_connect"] < one["time_total"] and one["time_starttransfer"] is None
    assert one["assertions"] == [{"name": "expect", "ok": False, "expected": "2xx", "actual": None}]


def test_a_thousand_targets_of_which_a_tenth_does_not_answer(found, mock, black_hole, tmp_path):
    served, many = mock("--demo"), count(1000)
    file = tmp_path / "targets"
    file.write_text("".join(
        f"n{i}=tcp://127.0.0.1:{black_hole}\n" if i % 10 == 0 else f"n{i}={served.url}/?{i}\n" for i in range(many)))
    seen = found("-i", str(file), "-m", duration(1), "--deadline", "60s")
    assert list(seen) == [f"n{i}" for i in range(many)]
    expected = {"timeout" if i % 10 == 0 else None for i in range(many)}
    assert {one["error"] for one in seen.values()} == expected
    assert sum(one["state"] == "down" for one in seen.values()) == len(range(0, many, 10))


def test_one_targets_retry_after_does_not_delay_others(found, server):
    busy = server.serve("/busy", lambda talk: talk.reply(b"", 503, {"Retry-After": "60"}))

    def slow(talk):
        talk.pause(0.2)
        talk.reply(status=302, headers={"Location": "/end"})
    server.serve("/end", b"end")
    seen = found(f"busy={busy}", f"slow={server.serve('/slow', slow)}")
    assert (seen["busy"]["error"], seen["slow"]["state"]) == ("http_status", "up")


def test_retries(only, server):
    failures = iter([503, 503])
    url = server.serve("/", lambda talk: talk.reply(b"", next(failures, 200)))
    one = only("--retry", "2", "--retry-delay", "1ms", url)
    assert (one["state"], one["attempts"]) == ("up", 3)
    failures = iter([503])
    one = only(url)
    assert (one["state"], one["attempts"]) == ("down", 1)


def test_a_signal_ends_the_check(server):
    session = tool.Session([tool.binary(), "check", "-m", "60s", "--deadline", "60s",
                            server.serve("/", lambda talk: talk.hang())])
    server.wait_until(lambda: server.requests, 10)
    session.signal(signal.SIGTERM)
    result = session.ends_within(10)
    assert result.status == 143
    assert b"  interrupted: a signal interrupted the check before a response (dns " in result.stdout.splitlines()[0]
    session.close()


class Signalled:
    """A check that a signal stops while one target is known to be up, and another has not answered."""

    def __init__(self, server):
        self.server = server
        self.gate = threading.Event()
        self.slow = server.serve("/slow", lambda talk: (self.gate.wait(10), talk.reply(b"fine")))

    def run(self, *options, signals=1, opens=False):
        port = socket.create_server(("127.0.0.1", 0))
        port.settimeout(10)
        session = tool.Session([tool.binary(), "check", *options, "-m", "60s", "--deadline", "60s", "slow=" + self.slow,
                                f"fast=tcp://127.0.0.1:{port.getsockname()[1]}"])
        connection, _ = port.accept()
        with port, connection:
            assert connection.recv(1) == b"", "it is closed when it is known to be there"
        self.server.wait_until(lambda: self.server.requests, 10)
        for _ in range(signals):
            session.signal(signal.SIGINT)
            while "again to end at once" not in session.stderr() and session.process.poll() is None:
                time.sleep(0.01)
        if opens:
            self.gate.set()
        result = session.ends_within(10)
        session.close()
        self.gate.set()
        return result


@pytest.fixture
def signalled(server):
    return Signalled(server)


def test_a_signal_ends_the_check_and_known_results_are_printed(signalled):
    result = signalled.run("--format", "json")
    assert result.status == 130
    found = {one["name"]: (one["state"], one["error"]) for one in map(json.loads, result.stdout.splitlines())}
    assert found == {"slow": ("down", "interrupted"), "fast": ("up", None)}


def test_a_signal_leaves_the_file_of_the_last_run(signalled, tmp_path):
    file = tmp_path / "report"
    file.write_text("old")
    result = signalled.run("-O", str(file))
    assert (result.status, result.stdout, file.read_text()) == (130, b"", "old")


def test_a_check_may_end_within_its_grace(signalled):
    result = signalled.run("--grace", "60s", opens=True)
    assert result.status == 130
    assert result.stdout.startswith(b"up    slow")


def test_a_grace_ends(signalled):
    result = signalled.run("--grace", "10ms")
    assert result.status == 130
    assert result.stdout.startswith(b"down  slow") and b"interrupted: " in result.stdout


@pytest.mark.parametrize("form, status", [("text", 130), ("nagios", 3), ("docker", 1)])
@pytest.mark.parametrize("signals", [1, 2])
def test_a_signal_gives_the_status_that_the_format_requires(signalled, form, status, signals):
    result = signalled.run("--format", form, *(["--grace", "60s"] if signals == 2 else []), signals=signals)
    assert result.status == status


# Assertions


ASSERTIONS = [
    (["--expect", "200,201"], ["--expect", "404"], "http_status"),
    (["--expect-header", "content-type: json$"], ["--expect-header", "Content-Type: html"], "expect"),
    (["--body-re", '"status":"[a-z]+"'], ["--body-re", "nowhere"], "expect"),
    (["--no-body-re", "rror"], ["--no-body-re", "ok"], "expect"),
    (["--json-value", "/status == ok"], ["--json-value", "/status != ok"], "expect"),
    (["--json-value", "/items len > 2"], ["--json-value", "/items len > 3"], "expect"),
    (["--json-value", "/version =~ ^1[.]"], ["--json-value", "/nothing exists"], "expect"),
    (["--crit-time", "60s"], ["--crit-time", "0.001ms"], "expect"),
    (["--max-body", "1k"], ["--max-body", "10"], "too_large"),
]


@pytest.mark.parametrize("good, bad, error", ASSERTIONS, ids=lambda value: " ".join(value)[:40])
def test_an_assertion_holds_or_does_not(check, only, health, good, bad, error):
    assert check(*good, health).status == 0
    result = check(*bad, health)
    assert result.status == 1
    assert f"      FAIL  {bad[0][2:]} " in result.stdout.decode()
    one = only(*bad, health)
    assert (one["state"], one["error"]) == ("down", error)
    (failed,) = [finding for finding in one["assertions"] if not finding["ok"]]
    assert failed["name"] == bad[0][2:]


def test_only_a_body_that_is_held_has_a_limit_by_default(only, server):
    large, in_time = server.serve("/", b"x" * ((16 << 20) + 1)), ["-m", "60s", "--deadline", "60s"]
    assert only(*in_time, large)["state"] == "up"
    assert only(*in_time, "--no-body-re", "error", large)["error"] == "too_large"
    assert only(*in_time, "--no-body-re", "error", "--max-body", "17M", large)["state"] == "up"


def test_all_assertions_are_reported_whatever_one_of_them_is(only, health):
    one = only("--body-re", "nowhere", "--body-re", "ok", "--json-value", "/version == 1.10", "--max-body", "1k", health)
    assert [(finding["name"], finding["ok"]) for finding in one["assertions"]] == [
        ("expect", True), ("body-re", False), ("body-re", True), ("json-value", True), ("max-body", True)]
    assert one["assertions"][3] == {"name": "json-value", "ok": True, "expected": "/version == 1.10", "actual": "1.10"}
    assert one["errormsg"] == "body-re: expected =~ nowhere, got nothing"


def test_assertions_are_about_the_final_response(check, server, health):
    moved = server.serve("/moved", lambda talk: talk.reply(b"moved", 302, {"Location": "/health"}))
    assert check("--body-re", "ok", "--no-body-re", "moved", moved).status == 0
    assert check("--no-location", "--expect", "302", "--body-re", "moved", moved).status == 0


def test_slow_is_a_warning_and_up(check, only, health):
    one = only("--warn-time", "0.001ms", health)
    assert (one["state"], one["error"]) == ("warn", None)
    result = check("--warn-time", "0.001ms", health)
    assert result.status == 0
    assert result.stdout.startswith(b"warn  ")


def test_an_inverted_check(check, health, refusing):
    down = f"tcp://127.0.0.1:{refusing}"
    assert check("--invert", down).status == 0
    result = check("--invert", health)
    assert result.status == 1
    assert b"expect: the target is up, but --invert expects it to be down" in result.stdout


def test_options_of_requests_and_transport_count(check, server, health):
    server.serve("/echo", lambda talk: talk.reply(
        f"{talk.request.method} {talk.request.headers.get('x-a')} {talk.request.body.decode()}".encode()))
    args = ["-X", "PUT", "-H", "X-A: b", "-d", "c=d", server.url("/echo")]
    assert check("--body-re", "^PUT b c=d$", *args).status == 0
    assert check("--connect-to", f"::127.0.0.1:{server.port}", "http://host.invalid/health").status == 0


def test_each_check_makes_a_connection_of_its_own(check, server):
    url = server.serve("/", b"good")
    check(*[f"n{i}={url}" for i in range(5)])
    assert server.connections == 5


def test_a_ping_has_the_status_of_the_format(check, server, refusing):
    for path in ("start", "2"):
        server.serve(f"/id/{path}", b"")
    assert check("--format", "nagios", "--ping", server.url("/id"), f"tcp://127.0.0.1:{refusing}").status == 2
    assert [request.path for request in server.requests] == ["/id/start", "/id/2"]


def test_a_cookie_is_shown_nowhere(check, server):
    server.serve("/", lambda talk: talk.reply(b"", headers={"Set-Cookie": "session=sesame"}))
    result = check("-v", "--format", "json", "--expect-header", "Set-Cookie: ^session=", server.url("/"))
    (finding,) = [one for one in json.loads(result.stdout)["assertions"] if one["name"] == "expect-header"]
    assert (finding["ok"], finding["actual"]) == (True, "***")
    assert "sesame" not in result.stdout.decode() + result.stderr


def test_a_lock_and_a_ping(check, server, health, tmp_path):
    for path in ("start", "1"):
        server.serve(f"/id/{path}", b"")
    assert check("--ping", server.url("/id"), "--expect", "404", health).status == 1
    assert [request.path for request in server.requests if "/id" in request.path] == ["/id/start", "/id/1"]
    assert check("--lock", str(tmp_path / "lock"), health).status == 0


def test_answers_from_a_file_of_routes(check, tmp_path):
    routes = tmp_path / "routes.json"
    routes.write_text('[{"path":"/health","body":"fine"}]')
    assert check("--mock", str(routes), "--body-re", "fine", "https://host.invalid/health").status == 0


# Certificates


@pytest.fixture(scope="module")
def made(tmp_path_factory, authority):
    """Starts an https server with a certificate for DNS names, signed by `authority`, valid for `days` days."""
    servers, directory = [], tmp_path_factory.mktemp("check")

    def start(days, names="IP:127.0.0.1", signed=True):
        certificate = authority.issue(names, days) if signed else \
            certificates.make(directory, f"s{len(servers)}", "-addext", f"subjectAltName={names}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.public, certificate.key)
        server = Server(tls=context)
        servers.append(server)
        return server.serve("/", b"secret").replace("http://", "https://")
    yield start
    for server in servers:
        server.close()


@pytest.fixture
def trusted(only, authority):
    return functools.partial(only, "--cacert", authority.own.public)


def test_a_certificate_that_is_good_for_long(trusted, made):
    one = trusted("--cert-days", "30,7", "--require-tls", made(60))
    assert (one["state"], one["error"]) == ("up", None)
    assert 59 < one["cert_days"] < 60.1
    assert [finding["name"] for finding in one["assertions"]] == ["expect", "cert-days", "require-tls"]
    assert one["time_appconnect"] > one["time_connect"]


def test_a_certificate_within_the_days_of_a_warning(trusted, made, check, authority):
    url = made(20)
    one = trusted("--cert-days", "30,7", url)
    assert (one["state"], one["error"]) == ("warn", None)
    result = check("--cacert", authority.own.public, "--cert-days", "30,7", url)
    assert result.status == 0
    assert "      warn  cert-days >= 30.0 days: " in result.stdout.decode()


def test_a_certificate_within_the_days_that_are_critical(trusted, made):
    one = trusted("--cert-days", "30,7", made(3))
    assert (one["state"], one["error"]) == ("down", "expect")
    assert one["errormsg"].startswith("cert-days: expected >= 7.0 days, got ")


def test_a_certificate_that_has_expired(trusted, only, made):
    url = made(-1)
    one = trusted("--cert-days", "30,7", url)
    assert (one["state"], one["error"]) == ("down", "tls")
    assert "expired" in one["errormsg"]
    one = only("-k", "--cert-days", "30,7", url)
    assert (one["state"], one["error"]) == ("down", "expect")
    assert one["cert_days"] < 0


@pytest.mark.parametrize("value, holds, fails", [
    ("9007199254740993", "== 9007199254740993", "== 9007199254740992"),
    ("1" + "0" * 400, "> " + "9" * 400, "<= " + "9" * 400),
    ("[1" + "0" * 310 + "]", "== [1" + "0" * 310 + "]", "== [1" + "0" * 309 + "1]")], ids=["2^53", "400 digits", "in a list"])
def test_integers_are_compared_exactly(only, server, value, holds, fails):
    url = server.serve("/", ('{"id":%s}' % value).encode())
    assert only("--json-value", f"/id {holds}", url)["state"] == "up"
    assert only("--json-value", f"/id {fails}", url)["state"] == "down"


def test_the_certificate_is_named(trusted, made):
    one = trusted("--cert-days", "30,7", made(20))
    (found,) = [each for each in one["assertions"] if each["name"] == "cert-days"]
    assert found["actual"].endswith(" days of CN=issued")


def test_the_certificates_of_every_hop_count(only, authority, server, tmp_path):
    """The first hop's expires soon, the last one is not asked by https."""
    soon = authority.issue(days=3)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(soon.public, soon.key)
    first = Server(tls=context)
    last = server.serve("/", b"here")
    moved = first.serve("/moved", lambda talk: talk.reply(b"", 302, headers={"Location": last}))
    one = only("--cacert", authority.own.public, "--allow-downgrade", "--cert-days", "30,7", moved)
    first.close()
    assert (one["state"], one["response_code"]) == ("down", 200)
    assert 2 < one["cert_days"] < 3.1


def test_a_certificate_that_proves_nothing_does_not_count(trusted, authority, tmp_path):
    """Servers send what is not needed, such as an old certificate of an authority."""
    good, old = authority.issue(days=60), authority.issue(days=-1)
    chain = tmp_path / "chain.pem"
    chain.write_text(Path(good.public).read_text() + Path(old.public).read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, good.key)
    with_more = Server(tls=context)
    one = trusted("--cert-days", "30,7", with_more.serve("/", b"fine"))
    with_more.close()
    assert one["state"] == "up" and 59 < one["cert_days"] < 60.1


def test_a_certificate_of_another_host(trusted, made):
    one = trusted(made(60, "DNS:other.test"))
    assert (one["state"], one["error"], one["response_code"]) == ("down", "tls", None)


def test_a_self_signed_certificate(trusted, only, made):
    url = made(60, signed=False)
    one = trusted(url)
    assert (one["state"], one["error"]) == ("down", "tls")
    assert "self-signed" in one["errormsg"] or "self signed" in one["errormsg"]
    assert only("-k", url)["state"] == "up"


def test_tls_is_required(only, health):
    one = only("--require-tls", health)
    assert (one["state"], one["error"]) == ("down", "expect")
    assert one["assertions"][-1] == {"name": "require-tls", "ok": False, "expected": "https", "actual": "http"}


# Tables of a configuration file


def test_tables_of_a_configuration_file(found, check, health, server, tmp_path):
    file = tmp_path / "runnel.toml"
    file.write_text(f"""
        [check]
        body-re = "ok"
        [[check.target]]
        name = "api"
        url = "{health}"
        json_value = ["/status == ok", "/items len 3"]
        [[check.target]]
        url = "{server.serve('/other', b'sorry')}"
        body-re = "rr"
        [[check.target]]
        name = "db"
        url = "tcp://127.0.0.1:{server.port}"
        crit-time = 60
    """)
    seen = found("--config", str(file))
    assert list(seen) == ["api", server.url("/other"), "db"]
    assert [one["state"] for one in seen.values()] == ["up"] * 3
    assert [finding["name"] for finding in seen["api"]["assertions"]] == ["expect", "body-re"] + ["json-value"] * 2
    assert [finding["name"] for finding in seen["db"]["assertions"]] == ["crit-time"]
    assert list(found("--config", str(file), f"line={health}")) == ["line"]
    assert check("--config", str(file), "--target", "{}").status == 2


@pytest.mark.parametrize("table, why", {
    'url = "http://h/"\nexpct = "200"': "expct: not an assertion",
    'url = "http://h/"\nbody-re = "("': "--body-re: ",
    'name = "a"': "url: is missing",
    'url = "http://h/"\nrequire-tls = 3': "require-tls: takes no value, only true or false",
    'url = "tcp://h:1"\nbody-re = "x"': "tcp://h:1: body-re: a TCP connection has no response to check",
    'url = "nonsense"': "nonsense: ",
}.items())
def test_a_bad_table_is_reported_with_its_place(check, tmp_path, table, why):
    file = tmp_path / "runnel.toml"
    file.write_text("[[check.target]]\n" + table)
    result = check("--config", str(file))
    assert result.status == 2
    assert why in result.stderr
