"""How a request is made: options, lines of JSON, templates, inputs between NULs, dry runs."""

import base64
import json
import signal
import subprocess

import pytest

from support import tool
from support.pace import duration
from support.server import Server

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def page(server):
    """A URL that answers every request."""
    return server.serve("/page", b"good\n")


@pytest.fixture
def elsewhere():
    """A server of another origin."""
    scripted = Server()
    yield scripted
    scripted.close()


def moved(status, location):
    return lambda talk: talk.reply(status=status, headers={"Location": location})


def line(**members):
    return json.dumps(members)


def lines(*requests):
    return "".join(f"{request}\n" for request in requests).encode()


def seen(server):
    """The one request that arrived, without the headers that identify the tool."""
    (request,) = server.requests
    server.requests.clear()
    own = {"user-agent": ("curl/", "runnel/"), "accept-encoding": ("deflate, gzip", "gzip, deflate, br, zstd")}
    headers = {name: value for name, value in request.headers.items() if not value.startswith(own.get(name, "\0"))}
    return request.method, request.target, headers, request.body


AS_CURL = [
    ["-X", "DELETE"], ["-X", "PURGE"], ["-X", "PUT", "-d", "x"], ["-X", "GET", "-d", "x"], ["--request", "patch"],
    ["-I"], ["--head"], ["-I", "-X", "HEAD"],
    ["-H", "X-A: 1", "--header", "X-A: 2"], ["-H", "X-A:1"], ["-H", "X-Empty;"], ["-H", "X-None:"], ["-H", "Accept:"],
    ["-H", "Accept: text/plain"], ["-H", "Host: other.example"], ["-H", "User-Agent:"],
    ["-H", "accept-encoding: identity"], ["-H", "Accept-Encoding:"], ["-H", "Connection: close"],
    ["-d", "a=1"], ["-d", "a=1", "--data", "b=2"], ["-d", ""], ["-d", "{}"], ["-d", "-x"],
    ["-d", "[1,2]", "-H", "Content-Type: application/json"], ["-d", "a", "-H", "Content-Type:"], ["-d", "two words\n"],
    ["-A", "me/1"], ["--user-agent", ""], ["-A", "me/1", "-H", "User-Agent: other/2"],
    ["-u", "user:secret"], ["--user", "user:"], ["-u", "user:a:b"], ["-u", ":"],
    ["-u", "user:secret", "-H", "Authorization: Bearer x"], ["-u", "user:secret", "-H", "Authorization:"],
    ["-b", "a=1; b=2"], ["--cookie", "a="], ["-b", "a=1", "-H", "Cookie: c=3"],
]


@pytest.mark.parametrize("options", AS_CURL, ids=" ".join)
def test_an_option_means_what_it_means_in_curl(fetch, server, page, options):
    subprocess.run(["curl", "-sS", "--compressed", *options, page], check=True, capture_output=True,
                   env=tool.environment())
    by_curl = seen(server)
    assert fetch(*options, page).status == 0
    assert seen(server) == by_curl


@pytest.mark.parametrize("options", [[], ["-u", "other:word"], ["-H", "Authorization: Bearer x"]], ids=" ".join)
def test_a_user_in_the_url_counts_when_it_does_in_curl(fetch, server, page, options):
    url = page.replace("//", "//user:secret@")
    subprocess.run(["curl", "-sS", "--compressed", *options, url], check=True, capture_output=True,
                   env=tool.environment())
    by_curl = seen(server)
    assert fetch(*options, url).status == 0
    assert seen(server) == by_curl


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_method_that_usually_has_a_body_sends_a_length_without_one(fetch, server, page, method):
    assert fetch("-X", method, page).stdout == b"good\n"
    assert seen(server)[2:] == ({"host": page.split("/")[2], "accept": "*/*", "content-length": "0"}, b"")


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_other_methods_send_no_length_without_a_body(fetch, server, page, method):
    assert fetch("-X", method, page).stdout == b"good\n"
    assert seen(server)[2] == {"host": page.split("/")[2], "accept": "*/*"}


def test_a_large_body_is_sent_at_once(fetch, server, page, tmp_path):
    body = b"0123456789abcdef" * (3 << 16)
    (tmp_path / "body").write_bytes(body)
    assert fetch("-d", f"@{tmp_path}/body", page).status == 0
    method, _, headers, arrived = seen(server)
    assert (method, arrived) == ("POST", body)
    assert "expect" not in headers


def test_many_requests_with_options_reuse_their_connection(fetch, server, page):
    result = fetch("-j", "1", "-H", "X-A: 1", "-d", "a=1", *[page] * 5)
    assert (result.stdout, server.connections) == (b"good\n" * 5, 1)
    assert {(request.method, request.body, request.headers["x-a"]) for request in server.requests} == \
           {("POST", b"a=1", "1")}


def test_a_request_leaves_nothing_behind_for_the_next_one(fetch, server, page):
    odd = line(url=page, method="POST", body="x", headers={"X-A": "1", "User-Agent": "odd", "Authorization": "x"})
    fetch("-j", "1", input=lines(odd, page, line(url=page, method="HEAD"), page))
    plain = [request for request in server.requests if request.method == "GET"]
    assert len(plain) == 2 and len(server.requests) == 4
    for request in plain:
        assert request.body == b"" and request.headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
        assert request.headers["user-agent"].startswith("runnel/")


@pytest.mark.parametrize("options", [["-I"], ["-X", "HEAD"]], ids=" ".join)
def test_head_reads_no_body_and_prints_nothing(fetch, server, page, options):
    result = fetch(*options, page)
    assert (result.status, result.stdout) == (0, b"")
    record = fetch(*options, "--json", page).record
    assert (record["method"], record["ok"], record["size_download"]) == ("HEAD", True, 0)


def test_headers_are_read_from_a_file(fetch, server, page, tmp_path):
    (tmp_path / "headers").write_bytes(b"X-A: 1\r\n\r\nX-B;\r\nAccept:\n  X-C: 3\nX-A: 2")
    assert fetch("-H", f"@{tmp_path}/headers", "-H", "X-D: 4", page).status == 0
    headers = seen(server)[2]
    assert headers == {"host": headers["host"], "x-a": "1, 2", "x-b": "", "x-c": "3", "x-d": "4"}


def test_data_is_read_from_a_file_without_its_line_ends(fetch, server, page, tmp_path):
    (tmp_path / "data").write_bytes(b"one\r\ntwo\n\nthree")
    assert fetch("-d", "x", "-d", f"@{tmp_path}/data", page).status == 0
    assert seen(server)[3] == b"x&onetwothree"


def test_stdin_can_be_the_data_or_the_headers_when_it_is_not_the_list(fetch, server, page):
    assert fetch("-d", "@-", page, input=b"a=1\nb=2\n").status == 0
    assert seen(server)[3] == b"a=1b=2"
    assert fetch("-H", "@-", page, input=b"X-A: 1\n").status == 0
    assert seen(server)[2]["x-a"] == "1"


@pytest.mark.parametrize("options", [["-d", "@-"], ["-H", "@-"], ["-i", "-", "-d", "@-"]], ids=" ".join)
def test_stdin_cannot_be_both_the_list_and_the_data(fetch, server, page, options):
    result = fetch(*options, input=lines(page))
    assert (result.status, result.stdout) == (2, b"")
    assert "stdin" in result.stderr and "-i FILE" in result.stderr
    assert not server.requests


@pytest.mark.parametrize("options, named", [
    (["-X", "A B"], "--request"), (["-X", ""], "--request"), (["-I", "-d", "x"], "--data"),
    (["-I", "-X", "GET"], "--head"), (["-X", "HEAD", "-d", "x"], "--data"), (["-H", "secret"], "--header"),
    (["-H", "A: secret\r\nB: c"], "--header"), (["-H", "A B: secret"], "--header"), (["-H", "@/missing"], "/missing"),
    (["-d", "@/missing"], "/missing"), (["-A", "a\nB: secret"], "--user-agent"), (["-u", "secret"], "--user"),
    (["-b", "a=secret\nB: c"], "--cookie"), (["-H", "@-", "-d", "@-"], "once"), (["--template", "http://a/"], "{}"),
    (["--template", "a/{}"], "https://"), (["--template", "ftp://a/{}"], "ftp"),
], ids=str)
def test_an_option_that_makes_no_request_is_a_usage_error(fetch, server, page, options, named):
    result = fetch(*options, page)
    assert (result.status, result.stdout) == (2, b"")
    assert named in result.stderr and "secret" not in result.stderr
    assert not server.requests


FRAMING = [
    ["Transfer-Encoding: chunked"], ["transfer-encoding: identity"], ["Transfer-Encoding;"], ["Upgrade: h2c"],
    ["Connection: upgrade"], ["Connection: close, TE"], ["Connection;"], ["TE: gzip"], ["Content-Length: 4"],
    ["Content-Length: 2"], ["Content-Length: 03"], ["Content-Length: +3"], ["Content-Length: 3, 3"], ["Content-Length;"],
    ["Content-Length:"], ["Content-Length: 3", "Content-Length: 3"], ["content-length: 3", "CONTENT-LENGTH: 3"],
    ["Host: a.example", "Host: b.example"], ["Host: a.example", "host: a.example"], ["Content-Length : 3"],
]
TRUE_FRAMING = [
    ["Connection: close"], ["connection: Keep-Alive"], ["TE: trailers"], ["Content-Length: 3"], ["Host: a.example"],
    ["Transfer-Encoding:"], ["Upgrade:"], ["Connection:"],
]


def in_a_line(url, headers):
    """A request with a body of three bytes. Header names may be equal in JSON."""
    given = ", ".join(f"{json.dumps(name)}: {json.dumps(value.strip())}" for name, _, value in (
        header.replace(";", ":").partition(":") for header in headers))
    return f'{{"url": "{url}", "method": "POST", "body": "abc", "headers": {{{given}}}}}\n'.encode()


@pytest.mark.parametrize("headers", FRAMING, ids=str)
def test_headers_that_change_the_framing_of_a_request_are_refused(fetch, server, page, headers):
    result = fetch("-d", "abc", *(word for header in headers for word in ("-H", header)), page)
    assert (result.status, result.stdout) == (2, b"")
    assert "--header" in result.stderr
    if headers != ["Content-Length:"]:  # an empty value in JSON
        record = fetch("--json", input=in_a_line(page, headers)).record
        assert (record["error"], record["attempts"]) == ("bad_input", 0)
    assert not server.requests


@pytest.mark.parametrize("headers", TRUE_FRAMING, ids=str)
def test_headers_that_agree_with_the_framing_of_a_request_are_taken(fetch, server, page, headers):
    assert fetch("-d", "abc", *(word for header in headers for word in ("-H", header)), page).status == 0
    if not headers[0].endswith(":"):
        assert fetch("--json", input=in_a_line(page, headers)).record["ok"]
    name, _, value = headers[0].lower().partition(": ")
    for request in server.requests:
        assert request.body == b"abc" and request.headers["content-length"] == "3"
        assert request.headers.get(name, "").lower() == value


def test_a_length_in_an_option_is_that_of_the_data(fetch, server, page):
    assert fetch("-X", "POST", "-H", "Content-Length: 0", page).status == 0
    assert fetch("-H", "Content-Length: 3", page).status == 2
    requests = [{"url": page}, {"url": page, "body": "longer"}, {"url": page, "body": ""}]
    assert fetch("-d", "abc", "-H", "Content-Length: 3", "-j", "1", input=lines(*map(json.dumps, requests))).status == 0
    assert [request.body for request in server.requests] == [b"", b"abc", b"longer", b""]


@pytest.mark.parametrize("length", ["Content-Length", "content-length"])
def test_a_body_is_not_a_request_of_its_own(fetch, server, page, length):
    server.serve("/evil", b"evil\n")
    inner = f"GET /evil HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    smuggling = json.dumps({"url": page, "method": "POST", "headers": {length: "0"}, "body": inner})
    result = fetch("-j", "1", input=lines(smuggling, page, page))
    assert (result.status, result.stdout) == (1, b"good\n" * 2)
    assert [request.path for request in server.requests] == ["/page"] * 2


@pytest.mark.parametrize("status, method", [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_a_redirect_keeps_the_body_or_drops_it_with_its_headers(fetch, server, page, status, method):
    url = server.serve("/start", moved(status, "/page"))
    assert fetch("-d", "a=1", "-H", "Content-Language: en", "-H", "X-A: 1", url).stdout == b"good\n"
    last = server.requests_to("/page")[0]
    about_body = {name: value for name, value in last.headers.items() if name.startswith("content-")}
    kept = {"content-length": "3", "content-type": FORM, "content-language": "en"}
    assert (last.method, last.body, about_body) == (method, *((b"a=1", kept) if method == "POST" else (b"", {})))
    assert last.headers["x-a"] == "1"


def test_credentials_of_one_origin_are_not_sent_to_another(fetch, server, page, elsewhere):
    url = server.serve("/start", moved(307, elsewhere.serve("/there", moved(307, page))))
    within = server.serve("/within", moved(307, "/start"))
    options = ["-u", "user:secret", "-b", "a=secret", "-H", "Proxy-Authorization: secret", "-H", "Host: secret",
               "-H", "X-A: kept"]
    assert fetch(*options, within).stdout == b"good\n"
    meant = {"authorization", "cookie", "proxy-authorization"}
    for request in server.requests_to("/within") + server.requests_to("/start"):
        assert meant <= request.headers.keys() and request.headers["host"] == "secret"
    for request in elsewhere.requests + server.requests_to("/page"):
        assert not meant & request.headers.keys() and request.headers["host"].startswith("127.0.0.1:")
        assert request.headers["x-a"] == "kept"
    assert url and len(server.requests) == 3 and len(elsewhere.requests) == 1


def test_secrets_of_options_are_not_printed(fetch, server, page):
    options = ["-u", "user:secret", "-b", "a=secret", "-H", "X-Key: secret", "-d", "secret"]
    result = fetch(*options, "--json", "-v", "-X", "POST", page, server.url("/gone"))
    assert "secret" not in result.stdout.decode() + result.stderr
    assert base64.b64encode(b"user:secret").decode() not in result.stdout.decode() + result.stderr


@pytest.mark.parametrize("habit", ["-s", "-S", "-f", "-L", "-Z", "-sSfZL", "--silent", "--show-error", "--fail",
                                   "--location", "--parallel", "--compressed"])
def test_flags_of_curl_are_accepted_and_change_nothing(fetch, server, page, habit):
    gone = server.serve("/start", moved(302, "/gone"))
    plain, habitual = fetch(gone, page), fetch(habit, gone, page)
    assert (habitual.status, habitual.stdout, habitual.stderr) == (plain.status, plain.stdout, plain.stderr)
    assert plain.status == 1 and plain.stdout == b"good\n"


@pytest.mark.parametrize("data", ['{"a":1}', "[1,2]", '"text"', "@file.json", "{}", ' {"a":1}'])
def test_json_with_a_value_explains_itself_to_curl_users(fetch, server, page, data):
    result = fetch("--json", data, page)
    assert (result.status, result.stdout) == (2, b"")
    assert "--json" in result.stderr and "-d" in result.stderr and "Content-Type: application/json" in result.stderr
    assert not server.requests


def test_json_with_a_request_as_its_argument_is_not_a_mistake(fetch, page):
    result = fetch("--json", line(url=page, id=1), page)
    assert {(record["id"], record["ok"]) for record in result.records} == {(1, True), (None, True)}
    bad = fetch("--json", line(url="nonsense", id=1)).record
    assert (bad["id"], bad["error"]) == (1, "bad_input")


def test_a_line_of_json_is_a_request(fetch, server, page):
    request = line(url=page, method="PUT", headers={"X-A": ["1", 2], "X-B": "", "Content-Type": "text/plain"},
                   body="caf\u00e9", unknown=[1])
    assert fetch(input=lines(request)).stdout == b"good\n"
    method, _, headers, body = seen(server)
    assert (method, body) == ("PUT", "caf\u00e9".encode())
    assert (headers["x-a"], headers["x-b"], headers["content-type"]) == ("1, 2", "", "text/plain")


@pytest.mark.parametrize("member, body", [
    ({"body": "text"}, b"text"), ({"body": ""}, b""), ({"body": {"a": [1, None]}}, b'{"a": [1, null]}'),
    ({"body_b64": base64.b64encode(b"\0\xff\n").decode()}, b"\0\xff\n")], ids=str)
def test_the_body_of_a_line_is_posted_as_it_is(fetch, server, page, member, body):
    assert fetch(line(url=page, **member)).status == 0
    method, _, headers, arrived = seen(server)
    assert (method, arrived, headers["content-length"]) == ("POST", body, str(len(body)))
    assert "content-type" not in headers


@pytest.mark.parametrize("given", [7, "a\nb", None, [1, {"x": None}], {"n": 1.0}, "\u00e9\U0001f600", True,
                                   12345678901234567890123], ids=str)
def test_id_and_extra_come_back_untouched(fetch, page, given):
    record = fetch("--json", input=lines(line(url=page, id=given, extra={"of": given}))).record
    assert record["ok"] and (record["id"], record["extra"]) == (given, {"of": given})


def test_numbers_in_id_and_extra_stay_as_they_were_written(fetch, page):
    written = f'{{"url":"{page}","id":1.50e0,"extra":[1E400,0.1000,123456789012345678901234567890]}}'
    out = fetch("--json", input=lines(written)).stdout.decode()
    assert '"id":1.50e0,"extra":[1E400,0.1000,123456789012345678901234567890]' in out


def test_a_line_says_which_status_it_expects(fetch, server, page):
    gone = server.url("/gone")
    result = fetch("--json", "--expect", "200", input=lines(
        line(url=gone, id="a", expect=404), line(url=gone, id="b", expect=[200, "4xx"]), line(url=gone, id="c"),
        line(url=page, id="d", expect="404"), line(url=page, id="e")))
    assert {record["id"]: record["ok"] for record in result.records} == \
           {"a": True, "b": True, "c": False, "d": False, "e": True}


def test_a_line_says_how_long_it_may_take(fetch, server, page):
    slow = server.serve("/slow", lambda talk: talk.hang())
    for limit in (duration(0.3), int(duration(0.3)[:-2]) / 1000):
        result = fetch("--json", "-m", "1h", input=lines(line(url=slow, max_time=limit), page))
        assert sorted(str(record["error"]) for record in result.records) == ["None", "timeout"]


def test_a_line_overrides_the_options(fetch, server, page):
    options = ["-X", "PUT", "-d", "a=1", "-H", "X-A: 1", "-H", "X-B: 2", "-u", "user:secret", "-A", "me/1"]
    request = line(url=page, method="PATCH", body="z", headers={
        "x-a": "9", "Authorization": "Bearer x", "User-Agent": "other/2", "content-type": "text/plain"})
    assert fetch(*options, request).status == 0
    method, _, headers, body = seen(server)
    assert (method, body) == ("PATCH", b"z")
    assert {name: headers[name] for name in ("x-a", "x-b", "authorization", "user-agent", "content-type")} == {
        "x-a": "9", "x-b": "2", "authorization": "Bearer x", "user-agent": "other/2", "content-type": "text/plain"}


BAD_LINES = [
    "{", "{}", '{"url":1}', '{"url":null}', '{"url":"nonsense"}', '{"url":"ftp://a/"}', "[]", '{"url":"http://a/"} x',
    '{"url":"http://a/","method":"A B"}', '{"url":"http://a/","headers":{"A":"b\\r\\nC: secret"}}',
    '{"url":"http://a/","headers":{"A\\nB":"secret"}}', '{"url":"http://a/","headers":["A: b"]}',
    '{"url":"http://a/","body_b64":"!"}', '{"url":"http://a/","max_time":"soon"}', '{"url":"http://a/","max_time":-1}',
    '{"url":"http://a/","expect":"2x"}', '{"url":"http://a/","method":"HEAD","body":"x"}',
    '{"url":"http://a/","body":"x","body_b64":"eA=="}', '{"url":"http://a/",,}',
    '{"url":"http://***@a/"}', '{"url":"http://a/","headers":{"Cookie":"***"}}',
]


def test_a_line_that_is_not_a_request_is_a_failed_input_with_its_place(fetch, page, tmp_path):
    (tmp_path / "list").write_bytes(lines(*BAD_LINES, page))
    result = fetch("--json", "-i", f"{tmp_path}/list")
    records = {record["line"]: record for record in result.records}
    assert records.pop(len(BAD_LINES) + 1)["ok"]
    assert [records[number + 1]["input"] for number in range(len(BAD_LINES))] == BAD_LINES
    for record in records.values():
        assert (record["error"], record["state"], record["file_in"]) == ("bad_input", "failed", f"{tmp_path}/list")
        assert record["errormsg"] and "secret" not in record["errormsg"]
        assert f"line {record['line']})" in result.stderr
    assert result.status == 1 and "secret" not in result.stderr


def test_a_line_that_is_not_a_request_keeps_its_id(fetch):
    result = fetch("--json", input=lines('{"id":1,"url":"ftp://a/"}', '{"id":2}', '{"method":"A B","url":"x","id":3}'))
    assert {record["line"]: record["id"] for record in result.records} == {1: 1, 2: 2, 3: 3}


def test_secrets_of_a_line_are_in_its_input_only(fetch, server, page):
    members = {"headers": {"Authorization": "secret"}, "body": "secret"}
    result = fetch("--json", "-v", input=lines(
        *[line(url=url, **members) for url in (page, server.url("/gone"), "ftp://u:secret@a/")]))
    reported = [{name: value for name, value in record.items() if name != "input"} for record in result.records]
    assert len(reported) == 3 and "secret" not in json.dumps(reported) + result.stderr


def test_records_are_request_lines(shell, server, page):
    script = '"$runnel" fetch --json -I | "$runnel" fetch --json'
    result = shell(script, input=lines(line(url=page, id={"n": 1}, extra=[1]), page, server.url("/gone"), "nonsense"))
    records = {json.loads(record["input"])["line"]: record for record in result.records}
    assert {number: record["error"] for number, record in records.items()} == \
           {1: None, 2: None, 3: "http_status", 4: "bad_input"}
    assert (records[1]["id"], records[1]["extra"], records[1]["method"]) == ({"n": 1}, [1], "HEAD")
    assert [request.method for request in server.requests] == ["HEAD"] * 6


def test_a_record_with_a_hidden_password_needs_it_again(fetch, server, page):
    record = fetch("--json", page.replace("//", "//user:secret@")).stdout
    refused = fetch("--json", input=record).record
    assert refused["error"] == "bad_input" and "-u" in refused["errormsg"]
    assert len(server.requests) == 1
    assert fetch("--json", "-u", "user:secret", input=record).record["ok"]
    first, second = server.requests
    assert first.headers["authorization"] == second.headers["authorization"]


def test_a_template_makes_a_url_of_each_line(fetch, server):
    server.serve_elsewhere(lambda talk: talk.reply(f"{talk.request.target}\n".encode()))
    items = ["1", "a b", "a/b?c#d", "caf\u00e9", '{"url":"x"}', "http://x/", "50%", "+"]
    result = fetch("-j", "1", "--template", server.url("/v1/{}?again={}"), "last",
                   "-i", "-", input=lines("# a comment", "", *items) + b"crlf\r\n")
    encoded = ["last", "1", "a%20b", "a%2Fb%3Fc%23d", "caf%C3%A9", "%7B%22url%22%3A%22x%22%7D", "http%3A%2F%2Fx%2F",
               "50%25", "%2B", "crlf"]
    assert result.stdout.decode().splitlines() == [f"/v1/{item}?again={item}" for item in encoded]


def test_a_record_of_a_template_has_the_line_and_the_url(fetch, server, page):
    record = fetch("--json", "--template", page + "?{}", input=b"a b\n").record
    assert (record["input"], record["url"], record["line"]) == ("a b", page + "?a%20b", 1)


@pytest.mark.parametrize("option", ["-0", "--null"])
def test_inputs_can_be_separated_by_nul(fetch, server, page, option):
    result = fetch("--json", option, input=b"\0".join([page.encode(), b"", b" \n", page.encode() + b"?2", b"#no"]))
    assert {record["line"]: (record["input"], record["error"]) for record in result.records} == \
           {1: (page, None), 4: (page + "?2", None), 5: ("#no", "bad_input")}


def test_an_item_between_nuls_is_taken_as_it_is(fetch, server):
    server.serve_elsewhere(lambda talk: talk.reply(f"{talk.request.target}\n".encode()))
    result = fetch("-0", "-j", "1", "--template", server.url("/{}"), input=b" a \0#b\0c\nd\r\n\0\xef\xbb\xbfe")
    assert result.stdout.decode().splitlines() == ["/%20a%20", "/%23b", "/c%0Ad%0D%0A", "/%EF%BB%BFe"]


def test_a_request_between_nuls_may_have_several_lines(fetch, page):
    pretty = json.dumps({"url": page, "id": [1]}, indent=2)
    record = fetch("--json", "-0", input=pretty.encode() + b"\0\n").record
    assert record["ok"] and record["id"] == [1] and record["input"] == pretty


REQUESTS = ["-X", "PUT", "-H", "X-A: 1", "-H", "X-A: 2", "-H", "X-B;", "-d", "a=1", "-A", "me/1"]


def test_a_dry_run_prints_requests_and_makes_none(fetch, server, page):
    result = fetch("--dry-run", *REQUESTS, page, line(url=page, body_b64="AP8=", id=[1], max_time="3s"))
    assert (result.status, result.stderr, server.connections) == (0, "", 0)
    first, second = map(json.loads, result.lines)
    headers = {"X-A": ["1", "2"], "X-B": "", "User-Agent": "me/1"}
    assert first == {"url": page, "method": "PUT", "body": "a=1", "headers": headers | {"Content-Type": FORM}}
    assert second == {"url": page, "method": "PUT", "body_b64": "AP8=", "headers": headers, "id": [1],
                      "max_time": "3s"}


@pytest.mark.parametrize("options", [REQUESTS, ["-I"], [], ["-d", ""]], ids=" ".join)
def test_a_dry_run_fed_back_in_makes_the_requests_it_printed(fetch, server, page, options):
    inputs = lines(page, line(url=page + "?2", headers={"X-A": "9"}, **({} if "-I" in options else {"body": "\0\n"})))
    assert fetch("-j", "1", *options, input=inputs).status == 0
    made = list(server.requests)
    server.requests.clear()
    assert fetch("-j", "1", input=fetch("--dry-run", *options, input=inputs).stdout).status == 0
    reported = [(request.method, request.target, request.headers, request.body) for request in made]
    assert [(request.method, request.target, request.headers, request.body) for request in server.requests] == reported


def test_a_dry_run_hides_secrets_and_takes_them_back(fetch, server, page):
    secrets = ["-u", "user:secret", "-b", "a=secret", "-H", "Proxy-Authorization: secret"]
    dry = fetch("--dry-run", *secrets, page.replace("//", "//other:secret@"))
    assert dry.status == 0 and "secret" not in dry.stdout.decode()
    shown = json.loads(dry.stdout)
    assert shown["url"] == page.replace("//", "//***@")
    assert shown["headers"] == {"Authorization": "***", "Cookie": "***", "Proxy-Authorization": "***"}
    assert fetch("--json", input=dry.stdout).record["error"] == "bad_input"
    assert fetch(*secrets, input=dry.stdout).status == 0
    headers = seen(server)[2]
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"user:secret"
    assert (headers["cookie"], headers["proxy-authorization"]) == ("a=secret", "secret")


def test_a_dry_run_keeps_the_order_and_reports_bad_lines(fetch, page):
    urls = [f"{page}?{number}" for number in range(2000)]
    result = fetch("--dry-run", input=lines(*urls[:1000], "nonsense", *urls[1000:]))
    assert [json.loads(text)["url"] for text in result.lines] == urls
    assert result.status == 1 and "nonsense (stdin, line 1001): bad_input" in result.stderr


def test_a_dry_run_prints_each_request_as_its_line_comes(start, page):
    session = start("--dry-run")
    for number in range(3):
        session.say(f"{page}?{number}")
        assert json.loads(session.line())["url"] == f"{page}?{number}"
    session.end_input()
    assert session.result().status == 0


def test_a_dry_run_ends_quietly_when_its_reader_has_gone(shell, page):
    result = shell('yes "$url" | "$runnel" fetch --dry-run | head -1; exit ${PIPESTATUS[1]}', url=page)
    assert (result.status, result.stderr, len(result.lines)) == (141, "", 1)


def test_a_dry_run_reports_a_failed_write(shell, page):
    result = shell('"$runnel" fetch --dry-run "$url" > /dev/full', url=page)
    assert result.status == 74 and "stdout" in result.stderr


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_dry_run_ends_at_a_signal(start, page, number, status):
    session = start("--dry-run")
    session.say(page)
    assert session.line()
    session.signal(number)
    result = session.ends_within(10)
    assert (result.status, len(result.lines)) == (status, 1)
    assert "the input was not read to its end" in result.stderr


def test_a_dry_run_ends_at_the_deadline(start, page):
    session = start("--dry-run", "--deadline", duration(0.5))
    session.say(page)
    assert session.line()
    assert session.ends_within(10).status == 124
