"""`runnel mock`: its answers and faults, as curl and runnel see them; how it starts and ends."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections import Counter

import pytest

from support import tool
from support.pace import duration, seconds

TEXT = "one\ntwo\nthree\n"
# fault: with a body; curl's output; curl's exit status; the class in runnel's record
FAULTS = {
    "reset": (False, b"", 56, "connect"),
    "reset in the body": (True, b"one\ntwo", 56, "truncated"),
    "truncate in the body": (True, b"one\ntwo", 18, "truncated"),
    "hang": (False, b"", 28, "idle"),
    "hang in the body": (True, b"one\ntwo", 28, "idle"),
    "garbage": (False, b"", 1, "protocol"),
    "empty": (False, b"", 52, "protocol"),
}
SIGNALS = {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}


def curl(*args, check=True):
    """curl's exit status and output."""
    done = subprocess.run(["curl", "-sS", "--noproxy", "*", *args], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done.returncode, done.stdout


def body(*args):
    return curl(*args)[1]


def test_it_prints_its_address_and_serves(mock):
    session = mock(routes=[{"path": "/user", "json": {"user": "ada"}}])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", session.url)
    assert body(session.url + "/user") == b'{"user":"ada"}'
    assert body("-w", "%{http_code}", session.url + "/nothing") == \
        b"no route for GET /nothing on host " + session.url[7:].encode() + b"\n404"


def test_it_listens_at_the_given_address(mock):
    first = mock("--demo")
    port = first.url.rpartition(":")[2]
    first.signal(signal.SIGTERM)
    first.result()
    again = mock("--demo", "--listen", f"localhost:{port}")
    assert again.url.endswith(":" + port)
    assert json.loads(body(again.url + "/ip")) == {"ip": "203.0.113.7"}


def test_one_server_stands_for_many_hosts(mock):
    session = mock(routes=[{"path": "/", "host": "a.example", "body": "a\n"}, {"path": "/", "host": "b.example", "body": "b\n"}])
    port = session.url.rpartition(":")[2]
    for host in ("a", "b"):
        assert body("--connect-to", f"::127.0.0.1:{port}", f"http://{host}.example:1234/") == host.encode() + b"\n"


def raw(session, *requests):
    """What comes back for the bytes of requests on one connection."""
    with socket.create_connection(("127.0.0.1", int(session.url.rpartition(":")[2]))) as client:
        client.sendall("".join(requests).encode())
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4096), b""))


def test_a_target_has_several_spellings(mock):
    session = mock(routes=[{"path": "/a?x=1&y=2", "body": "query"}, {"path": "/f%C3%BC", "body": "escape"},
                           {"regex": "/r\\?m=[0-9]&n=[0-9]", "body": "regex"}])
    for target, answer in (("/a?y=2&x=1", b"query"), ("/a?x=1&y=2", b"query"), ("/f%c3%bc", b"escape"),
                           ("/f%C3%bc?q", b"escape"), ("/r?n=1&m=2", b"regex")):
        assert body(session.url + target) == answer


def test_it_answers_as_a_proxy_does(mock, fetch):
    """A proxy gets the whole URL as the target."""
    session = mock(routes=[{"path": "/x?a=1", "host": "one.example", "body": "one"}, {"path": "/", "body": "root"}])
    assert body("--noproxy", "", "-x", session.url, "http://one.example/x?a=1") == b"one"
    assert body("--noproxy", "", "-x", session.url, "http://other.example") == b"root"
    assert fetch("-x", session.url, "http://one.example/x?a=1").stdout == b"one\n"
    assert raw(session, "GET HTTP://one.example/x?a=1 HTTP/1.1\r\nHost: ignored\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\none")


def test_it_takes_every_kind_of_body(mock, tmp_path):
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies" / "page.bin").write_bytes(bytes(range(256)))
    session = mock(routes=[{"path": "/text", "body": TEXT}, {"path": "/json", "json": [1.50, None]},
                           {"path": "/file", "body_file": "bodies/page.bin"}, {"path": "/echo", "echo": True}])
    assert body(session.url + "/text") == TEXT.encode()
    assert body(session.url + "/json") == b"[1.5,null]"
    assert body(session.url + "/file") == bytes(range(256))
    echo = json.loads(body("-X", "PUT", "-H", "X-Key: 1", "-d", "a=ü", session.url + "/echo?q"))
    assert (echo["method"], echo["path"], echo["query"], echo["body"]) == ("PUT", "/echo", "q", "a=ü")
    assert echo["headers"]["X-Key"] == "1"


def test_routes_may_come_from_standard_input(runnel, mock, tmp_path):
    routes = tmp_path / "routes.json"
    routes.write_text('[{"path": "/", "body": "from stdin"}]', encoding="utf-8")
    with routes.open("rb") as stdin:
        session = mock("-", stdin=stdin)
    assert body(session.url) == b"from stdin"
    refused = runnel("mock", "-", input=b"[{}]")
    assert (refused.status, refused.stdout) == (2, b"")
    assert "standard input:1:2: " in refused.stderr


@pytest.mark.parametrize("name", FAULTS)
def test_curl_and_runnel_classify_each_fault(mock, fetch, name):
    with_body, received, exit_status, error = FAULTS[name]
    session = mock(routes=[{"path": "/", "fault": name.split()[0]} | ({"body": TEXT} if with_body else {}),
                           {"path": "/good", "body": "good\n"}])
    assert curl("-N", "-m", str(seconds(1)), session.url, check=False) == (exit_status, received)
    record = fetch("--json", "--retry", "0", "--idle-timeout", duration(0.5), session.url).record
    assert (record["error"], record["state"]) == (error, "failed")
    assert body(session.url + "/good") == b"good\n"


def test_requests_are_answered_in_parallel(mock, fetch):
    session = mock(routes=[{"path": "/", "delay": "80ms", "body": "done\n"}])
    urls = "".join(f"{session.url}/?{n}\n" for n in range(500))
    result = fetch("-j", "50", input=urls.encode())
    assert result.stdout == b"done\n" * 500
    assert result.seconds < seconds(20), "one after the other it takes 40 s"


def test_a_sequence_goes_on_with_every_request(mock):
    session = mock(routes=[{"path": "/", "sequence": [{"status": 503}, {"status": 429}, {"status": 200}]}])
    statuses = [body("-o", os.devnull, "-w", "%{http_code}", session.url) for _ in range(4)]
    assert statuses == [b"503", b"429", b"200", b"200"]


def test_verbose_logs_each_request(mock):
    session = mock("-v", routes=[{"path": "/a", "body": "a"}, {"path": "/b", "fault": "empty"}])
    body("-u", "user:secret", session.url + "/a?x=%01", "-X", "POST")
    curl(session.url + "/b", check=False)
    session.signal(signal.SIGTERM)
    reported = session.result().stderr
    assert reported.splitlines() == ["runnel: POST /a?x=%01 200", "runnel: GET /b 200 empty"]


def test_it_prints_nothing_by_default(mock):
    session = mock(routes=[{"path": "/b", "fault": "garbage"}])
    curl(session.url + "/b", check=False)
    session.signal(signal.SIGTERM)
    assert session.result().stderr == ""


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_ends_it_whatever_hangs(mock, start, name):
    session = mock(routes=[{"path": "/late", "delay": "1h"}, {"path": "/hang", "fault": "hang"},
                           {"path": "/half", "fault": "hang", "body": TEXT},
                           {"path": "/drip", "body": TEXT, "drip": {"chunk": 1, "every": "1h"}}])
    client = start("--json", "--retry", "0", *[f"{session.url}/{path}" for path in ("late", "hang", "half", "drip")])
    deadline = time.monotonic() + seconds(20)
    connections = f"/proc/{session.pid}/fd"
    while sum(os.readlink(f"{connections}/{fd}").startswith("socket:") for fd in os.listdir(connections)) < 5:
        assert time.monotonic() < deadline, "four connections and the listener"
        time.sleep(0.01)
    session.signal(getattr(signal, name))
    result = session.ends_within(2)
    assert (result.status, result.stderr) == (SIGNALS[name], "")
    records = client.result().records
    assert Counter(record["state"] for record in records) == {"failed": 4}


def test_it_ends_when_the_reader_of_its_address_has_left(mock):
    session = mock("--demo")
    session.go_away()
    result = session.ends_within(2)
    assert (result.status, result.stderr) == (141, "")


def test_it_reports_an_address_that_cannot_be_written(runnel):
    with open("/dev/full", "wb") as full:
        session = tool.Session([tool.binary(), "mock", "--demo"], stdout=full)
        result = session.ends_within(5)
        session.close()
    assert result.status == 74
    assert "No space left on device" in result.stderr


def test_a_taken_port_is_reported(runnel, mock):
    taken = mock("--demo").url[7:]
    refused = runnel("mock", "--demo", "--listen", taken)
    assert (refused.status, refused.stdout) == (2, b"")
    assert refused.stderr == f"runnel: cannot listen on {taken}: Address already in use\n"


@pytest.mark.parametrize("arguments, reported", [
    ([], "name a file of routes, or ask for --demo"),
    (["--demo", "routes.json"], "name a file of routes, or ask for --demo"),
    (["/nowhere/routes.json"], "cannot read /nowhere/routes.json: No such file or directory"),
    (["--demo", "--listen", "8080"], "cannot listen on 8080: use HOST:PORT such as 127.0.0.1:8080 or [::1]:0"),
    (["--demo", "--listen", "nx.invalid:80"], "cannot listen on nx.invalid:80: "),
    (["--demo", "--bogus"], "--bogus"),
    (["a.json", "b.json"], "b.json"),
])
def test_a_wrong_command_line_is_reported(runnel, arguments, reported):
    refused = runnel("mock", *arguments)
    assert (refused.status, refused.stdout) == (2, b"")
    assert reported in refused.stderr


@pytest.mark.parametrize("text, reported", [
    ('[\n  {"path": "/",}\n]', ":2:16: not valid JSON: "),
    ('[{"path": "/", "stauts": 200}]', ':1:16: unknown key "stauts" (known: method, '),
    ('[{"path": "/", "body_file": "gone"}]', ':1:29: "body_file": cannot read '),
])
def test_a_wrong_routes_file_is_reported_with_its_place(runnel, tmp_path, text, reported):
    file = tmp_path / "routes.json"
    file.write_text(text, encoding="utf-8")
    refused = runnel("mock", str(file))
    assert (refused.status, refused.stdout) == (2, b"")
    assert refused.stderr.startswith(f"runnel: {file}{reported}"), refused.stderr


def test_the_demo_serves_the_routes_of_its_index(mock):
    session = mock("--demo")
    pages = json.loads(body(session.url))
    never = {"/hang", "/garbage", "/empty", "/reset", "/truncated"}
    for page in pages.keys() - never:
        assert b"no route" not in body(session.url + page), page
    assert json.loads(body(session.url + "/citation")) == {"citation": {"citation": "So it goes."}}
    assert len([json.loads(line) for line in body(session.url + "/events").splitlines()]) == 3


def test_scripts_demo_shows_it_all_and_leaves_nothing_behind():
    result = tool.run([str(tool.CHECKOUT / "scripts" / "demo")], env={"RUNNEL": tool.binary()}, timeout=60)
    assert result.status == 0, result.stderr
    shown = result.stdout.decode()
    assert "the first line of one\nthe second line of one\n" in shown
    assert "now it works\n" in shown and "drip 4\n" in shown
    assert re.search(r"^runnel: \S+/missing .*404", result.stderr, re.M)
    assert re.search(r"^runnel: 8 delivered, 3 failed", result.stderr, re.M)
    url = re.search(r"^http://127\.0\.0\.1:\d+$", shown, re.M)[0]
    assert curl(url, check=False)[0] == 7, "the server has ended"


def test_scripts_demo_ends_its_server_when_it_is_interrupted():
    session = tool.Session([str(tool.CHECKOUT / "scripts" / "demo")], env={"RUNNEL": tool.binary()})
    lines = iter(lambda: session.line().decode(), "")
    url = next(line for line in lines if line.startswith("http://")).strip()
    session.signal(signal.SIGTERM)
    assert session.result().status == 143
    session.close()
    assert curl(url, check=False)[0] == 7


ROUTES = """[
  {"host": "api.example", "path": "/user", "json": {"user": "ada"}},
  {"host": "old.example", "path": "/user", "status": 301, "headers": {"Location": "https://api.example/user"}},
  {"path": "/cut", "body": "one\\ntwo\\n", "fault": "truncate"}
]"""


@pytest.fixture
def mocked(fetch, tmp_path):
    file = tmp_path / "routes.json"
    file.write_text(ROUTES, encoding="utf-8")

    def run(*args, **options):
        return fetch("--mock", str(file), "--retry", "0", *args, **options)
    return run


def test_fetch_takes_every_answer_from_the_routes(mocked):
    names = ["https://old.example/user", "https://api.example/user", "http://api.example:8080/user"]
    result = mocked("--json", *names, env={"https_proxy": "http://127.0.0.1:1"})
    records = {record["input"]: record for record in result.records}
    assert (result.status, set(records)) == (0, set(names))
    moved = records["https://old.example/user"]
    assert (moved["url"], moved["url_effective"]) == ("https://old.example/user", "https://api.example/user")
    assert (moved["num_redirects"], moved["remote_ip"]) == (1, "127.0.0.1")


def test_fetch_meets_faults_and_missing_routes_of_the_mock(mocked):
    result = mocked("--json", "https://x.example/cut", "http://api.example/nowhere")
    assert {(record["error"], record["response_code"]) for record in result.records} == {
        ("truncated", 200), ("http_status", 404)}


def test_the_address_guard_does_not_apply_to_the_mock(mocked):
    assert mocked("--deny-private", "--extract", "/user", "https://api.example/user").stdout == b"ada\n"


def test_fetch_with_wrong_routes_sends_nothing(fetch, server, tmp_path):
    file = tmp_path / "routes.json"
    file.write_text("[{}]", encoding="utf-8")
    url = server.serve("/", b"x")
    for name in (str(file), str(tmp_path / "gone")):
        result = fetch("--mock", name, url)
        assert (result.status, result.stdout) == (2, b"") and name in result.stderr
    assert fetch("--mock", "-", input=url.encode()).status == 2
    assert not server.requests
