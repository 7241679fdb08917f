"""What an input line means depends on that line alone."""

import json
import os
import random

import pytest

from support.pace import count

ROUTES = [{"regex": ".*", "body": "ok\n"}]
MARK = "\ufeff"  # a byte order mark
LINES = [
    "http://h/1", "https://h.example/2?x=1", "http://u:p@h/3", "HTTP://H/4",
    "<http://x.example/p>", '"http://x.example/p"', "'http://x.example/p'", "[a](http://x.example/p)",
    "url=http://x.example/p", "h_t://host/", "1http://x.example/", "-http://x.example/", "//x.example/p",
    "/p", "p", "?q",
    "http:/x.example/p", "http:x.example/p", "ftp://x.example/p", "file:///etc/passwd", "http:///p", "http://",
    "x.example/p",
    f"{MARK}http://x.example/5", f"{MARK}{MARK}http://x.example/p", f"{MARK}# comment", "(http://x.example/p)",
    '{"url":"http://h/6"}', '{"url":"<http://x.example/p>"}', '{"url":"/p"}', '{"url":"p"}',
    '{"url":"http://h/7","method":"POST","body":"x","id":7}', '{"url":"http://h/8","Method":"POST"}',
    '{"url":"http://h/9","headers":{"A":"1"}}', '{"url":"http://h/9","headers":{"A":"2"}}', "{", "[]", "\u2460.\u2460",
]
KEYS = ("ok", "state", "error", "errormsg", "method", "url", "response_code", "attempts", "id")


@pytest.fixture
def verdicts(fetch, tmp_path):
    routes = tmp_path / "routes.json"
    routes.write_text(json.dumps(ROUTES), encoding="utf-8")

    def run(lines, *options, separator="\n"):
        text = "".join(line + separator for line in lines).encode()
        result = fetch("--mock", str(routes), "--json", "--keep-order", *options, input=text)
        return [(record["input"], *(record[key] for key in KEYS)) for record in result.records]
    return run


@pytest.mark.parametrize("zero", [False, True], ids=["lines", "-0"])
def test_a_shuffled_list_gives_the_same_records(verdicts, zero):
    options, separator = (["-0"], "\0") if zero else ([], "\n")
    alone = {line: verdicts([line], *options, separator=separator) for line in LINES}
    for _ in range(count(10)):
        seed = int(os.environ.get("RUNNEL_SEED") or random.randrange(1 << 32))
        chance = random.Random(seed)
        lines = chance.choices(LINES, k=chance.randrange(1, 60))
        expected = [verdict for line in lines for verdict in alone[line]]
        assert verdicts(lines, *options, separator=separator) == expected, f"RUNNEL_SEED={seed}"


@pytest.mark.parametrize("line", ["<http://x.example/p>", '"http://x.example/p"', "[a](http://x.example/p)",
                                  "url=http://x.example/p", "//x.example/p", "/p"])
def test_a_line_is_not_resolved_against_the_one_before(fetch, line):
    alone = fetch("--dry-run", input=line.encode())
    after = fetch("--dry-run", input=b"http://h/1\n" + line.encode())
    assert alone.status == after.status == 1
    assert after.stdout.count(b"\n") == 1 and b"x.example" not in after.stdout


def test_a_byte_order_mark_is_trimmed_from_every_line_but_not_between_nuls(verdicts):
    lines = ["http://h/1", f"{MARK}http://h/2", f"{MARK}# no", "http://h/3"]
    assert [verdict[0] for verdict in verdicts(lines)] == ["http://h/1", "http://h/2", "http://h/3"]
    assert [verdict[3] for verdict in verdicts(lines[1::-1], "-0", separator="\0")] == ["bad_input", None]


MISTAKEN = {  # a member, and the one that is meant
    "data": "body", "timeout": "max_time", "params": "url", "header": "headers", "form": "body", "verb": "method",
    "auth": "headers", "cookies": "headers", "Method": "method", "METHOD": "method", "methods": "method",
    "max-time": "max_time", "MaxTime": None, "Max_Times": "max_time", "bodies": None, "Body": "body",
    "body-b64": "body_b64",
    "JSON": "json", "expects": "expect", "ID": "id", "extras": "extra", "Headers": "headers", "Data": None,
    "auths": None,
    "note": None, "input": None, "response_headers": None,
}


@pytest.mark.parametrize("name, meant", MISTAKEN.items(), ids=str)
def test_a_misspelt_member_is_bad_input_with_the_right_name(fetch, server, name, meant):
    line = json.dumps({"url": server.serve("/", b"ok\n"), name: "1"})
    result = fetch("--json", input=line.encode())
    if meant is None:
        assert (result.status, result.record["error"]) == (0, None), result.record
    else:
        assert (result.status, result.record["error"]) == (1, "bad_input")
        assert f'"{name}"' in result.record["errormsg"] and f'"{meant}"' in result.record["errormsg"]
        assert not server.requests


def test_a_record_can_be_fed_back(fetch, server):
    url = server.serve("/", b"ok\n")
    records = fetch("--json", "--body", url).stdout
    assert fetch("--json", input=records).record["ok"]


def test_json_is_a_body_with_its_type(fetch, server):
    url = server.serve("/", b"ok\n")
    lines = [{"url": url, "json": {"a": [1, None]}}, {"url": url, "json": 1, "headers": {"content-type": "x/y"}}]
    assert fetch(input="".join(json.dumps(line) + "\n" for line in lines).encode()).status == 0
    assert [(request.method, request.body, request.headers["content-type"]) for request in server.requests] == \
        [("POST", b'{"a": [1, null]}', "application/json"), ("POST", b"1", "x/y")]
    both = json.dumps({"url": url, "json": 1, "body": "x"})
    assert fetch("--json", input=both.encode()).record["error"] == "bad_input"


# The journal

def test_headers_of_a_line_tell_inputs_apart(fetch, server, tmp_path):
    url = server.serve("/", lambda talk: talk.reply(b"", status=200 if talk.request.headers.get("x-a") == "1" else 404))
    lines = [json.dumps({"url": url, "headers": {"X-A": value}}) for value in ("1", "2")]
    run = ["--retry", "0", "--journal", str(tmp_path / "journal")]
    assert fetch(*run, input="\n".join(lines).encode()).status == 1
    server.requests.clear()
    again = [json.dumps({"url": url, "headers": {"x-a": value}}) for value in ("2", "1")]
    assert fetch(*run, "--resume", input="\n".join(again).encode()).status == 1
    assert [request.headers["x-a"] for request in server.requests] == ["2"]


def test_headers_of_the_run_are_no_part_of_an_input(fetch, server, tmp_path):
    run = ["--journal", str(tmp_path / "journal"), server.serve("/", b"ok\n")]
    assert fetch("-H", "A: 1", *run).status == 0
    assert fetch("-H", "A: 2", "--resume", *run).stdout == b""


@pytest.mark.parametrize("command", ["batch", "fetch"])
def test_job_ids_go_on_after_those_of_the_journal(runnel, server, tmp_path, command):
    script = 'cat >/dev/null; echo "$RUNNEL_JOB_ID" >>"$0"; test "$RUNNEL_JOB_ID" != 2'
    ids = tmp_path / "ids"
    urls = [server.serve(f"/{n}", b"%d\n" % n) for n in range(4)]
    size = "-n" if command == "batch" else "--batch-size"
    args = [command, "--journal", str(tmp_path / "journal"), size, "1", "--batch-retries", "0",
            *([] if command == "batch" else ["--keep-order", "-j", "1"])]
    text = "".join(f"{url}\n" for url in urls).encode()
    assert runnel(*args, "--", "sh", "-c", script, str(ids), input=text).status == 123
    assert ids.read_text(encoding="utf-8").split() == ["1", "2", "3", "4"]
    assert runnel(*args, "--resume", "--", "sh", "-c", script, str(ids), input=text).status == 0
    assert ids.read_text(encoding="utf-8").split() == ["1", "2", "3", "4", "5"]
