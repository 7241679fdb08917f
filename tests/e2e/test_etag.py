"""--etag-store: what was delivered once is requested only if it has changed."""

import json
import os
import signal

import pytest

from support.pace import count, duration
from support.server import Server

DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


class Page:
    """A page with a version that honours conditions."""

    def __init__(self, body=b"one\n", tag='"1"', date=None):
        self.body, self.tag, self.date = body, tag, date
        self.asked = []

    def headers(self):
        return {name: value for name, value in {"ETag": self.tag, "Last-Modified": self.date}.items() if value}

    def __call__(self, talk):
        seen = talk.request.headers
        self.asked.append((seen.get("if-none-match"), seen.get("if-modified-since")))
        versions = (seen.get("if-none-match", self), seen.get("if-modified-since", self))
        if self.tag == versions[0] or self.date == versions[1]:
            talk.keep_alive = True
            talk.head(self.headers() | {"Content-Length": 0}, status=304)
        else:
            talk.reply(self.body, headers=self.headers())


@pytest.fixture
def store(tmp_path):
    return tmp_path / "etags"


@pytest.fixture
def kept(fetch, store):
    """Fetches with the store."""
    def run(*args, **options):
        return fetch("--etag-store", str(store), *args, **options)
    return run


def entries(store):
    return [json.loads(line) for line in store.read_text(encoding="utf-8").splitlines()]


def test_an_unchanged_response_is_a_success_without_lines(kept, server):
    page = Page()
    url = server.serve("/", page)
    assert kept(url).stdout == b"one\n"
    result = kept(url)
    assert (result.status, result.stdout, result.stderr) == (0, b"", "")
    record = kept("--json", url).record
    assert (record["ok"], record["state"], record["error"], record["not_modified"]) == (True, "delivered", None, True)
    assert record["response_code"] == 304
    assert page.asked == [(None, None), ('"1"', None), ('"1"', None)]


def test_a_changed_response_is_delivered_and_its_version_stored(kept, server, store):
    page = Page()
    url = server.serve("/", page)
    kept(url)
    page.body, page.tag = b"two\n", 'W/"2"'
    result = kept("--json", url)
    assert result.record["not_modified"] is False
    assert kept(url).stdout == b""
    assert page.asked == [(None, None), ('"1"', None), ('W/"2"', None)]
    assert entries(store) == [{"url": url, "method": "GET", "etag": 'W/"2"'}]


def test_a_date_is_used_without_an_etag(kept, server, store):
    page = Page(tag=None, date=DATE)
    url = server.serve("/", page)
    kept(url)
    assert entries(store) == [{"url": url, "method": "GET", "last_modified": DATE}]
    assert kept("--json", url).record["not_modified"] is True
    page.tag = '"1"'
    page.date = "Sat, 21 Nov 2026 11:00:00 GMT"
    assert kept(url).stdout == b"one\n"
    assert kept(url).stdout == b""
    assert page.asked == [(None, None), (None, DATE), (None, DATE), ('"1"', None)]


def test_any_number_of_urls_has_its_versions(kept, server, store):
    number = count(2000)

    def answer(talk):
        tag = f'"{talk.request.query}"'
        if talk.request.headers.get("if-none-match") == tag:
            return Page(tag=tag)(talk)
        talk.reply(f"{talk.request.query}\n".encode(), headers={"ETag": tag})
    urls = "".join(server.serve("/", answer) + f"?{n}\n" for n in range(number)).encode()
    assert len(kept(input=urls).lines) == number
    assert [entry["url"] for entry in entries(store)] == sorted(urls.decode().split())
    result = kept("--json", input=urls)
    assert all(record["not_modified"] for record in result.records) and len(result.records) == number


def test_an_input_that_comes_twice_is_delivered_twice(kept, server):
    page = Page()
    url = server.serve("/", page)
    assert kept("-j", "1", url, url).stdout == b"one\none\n"
    assert kept(url, url).stdout == b""


def test_urls_that_are_not_requested_stay_in_the_store(kept, server, store):
    one, two = server.serve("/one", Page()), server.serve("/two", Page())
    kept(one)
    kept(two)
    assert [entry["url"] for entry in entries(store)] == [one, two]
    assert kept(one).stdout == b""


@pytest.mark.parametrize("form", [
    ["--raw"], ["--json", "--body"], ["--extract", "/a"], ["--whole"], ["-w", "%{not_modified}"],
], ids=" ".join)
def test_every_format_handles_an_unchanged_response(kept, server, form):
    url = server.serve("/", Page(b'{"a":1}\n'))
    assert kept(url).status == 0
    result = kept(*form, url)
    assert result.status == 0
    assert {"--json": b'"not_modified":true', "-w": b"true"}.get(form[0], b"") in result.stdout
    assert form[0] in ("--json", "-w") or result.stdout == b""


# Which version counts

def test_only_what_was_delivered_counts(kept, server, store):
    page = Page()
    url = server.serve("/", page)
    kept(url)
    server.serve("/", lambda talk: (talk.head({"ETag": '"2"', "Content-Length": 100}), talk.send(b"half\n")))
    assert kept("--retry", "0", url).status == 1
    server.serve("/", lambda talk: talk.reply(b"no", status=500, headers={"ETag": '"3"'}))
    assert kept("--retry", "0", url).status == 1
    assert entries(store) == [{"url": url, "method": "GET", "etag": '"1"'}]


def test_a_version_that_is_gone_is_forgotten(kept, server, store):
    page = Page()
    url = server.serve("/", page)
    kept(url)
    page.body, page.tag = b"two\n", None
    assert kept(url).stdout == b"two\n"
    assert entries(store) == []


@pytest.mark.parametrize("tag", ["1", '"1', '"a" "b"', '"' + "x" * 600 + '"'])
def test_an_invalid_version_is_not_stored(kept, server, store, tag):
    assert kept(server.serve("/", Page(tag=tag))).stdout == b"one\n"
    assert entries(store) == []


def test_a_version_belongs_to_a_method_and_to_headers(kept, server):
    page = Page()
    url = server.serve("/", page)
    for options in ([], ["-I"], ["-H", "Accept: a/b"], ["-H", "Accept: c/d"]):
        kept(*options, url)
        assert page.asked[-1] == (None, None), options
        kept(*options, url)
        assert page.asked[-1] == ('"1"', None), options


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_get_and_head_are_conditional(kept, server, store, method):
    page = Page()
    url = server.serve("/", page)
    for _ in range(2):
        assert kept("-X", method, url).stdout == b"one\n"
    assert page.asked == [(None, None)] * 2 and entries(store) == []


@pytest.mark.parametrize("header", ["If-None-Match", "If-Modified-Since"])
@pytest.mark.parametrize("where", ["option", "line"])
def test_a_condition_of_the_user_switches_ours_off(kept, server, store, header, where):
    page = Page(date=DATE)
    url = server.serve("/", page)
    kept(url)
    before = store.read_text()
    value = {"If-None-Match": '"1"', "If-Modified-Since": DATE}[header]
    if where == "option":
        result = kept("--json", "-H", f"{header}: {value}", url)
    else:
        result = kept("--json", input=json.dumps({"url": url, "headers": {header: value}}).encode() + b"\n")
    expected = (value, None) if header == "If-None-Match" else (None, value)
    assert page.asked == [(None, None), expected]
    assert (result.record["error"], result.record["not_modified"]) == ("http_status", False)
    assert store.read_text() == before


def test_an_unconditional_304_is_a_failure(kept, server):
    url = server.serve("/", lambda talk: talk.reply(status=304))
    assert kept("--json", url).record["error"] == "http_status"


# Redirects

def test_a_version_is_not_sent_to_another_origin(kept, server, store):
    other = Server()
    try:
        page = Page()
        there = other.serve("/there", page)
        first = server.serve("/", lambda talk: talk.reply(status=302, headers={"Location": there}))
        assert kept(first).stdout == b"one\n"
        assert entries(store) == [{"url": first, "method": "GET", "asked": there, "etag": '"1"'}]
        assert kept("--json", first).record["not_modified"] is True
        third = Page()
        elsewhere = other.serve("/elsewhere", third)
        server.serve("/", lambda talk: talk.reply(status=302, headers={"Location": elsewhere}))
        assert kept(first).stdout == b"one\n"
    finally:
        other.close()
    assert not [request for request in server.requests if "if-none-match" in request.headers]
    assert page.asked == [(None, None), ('"1"', None)] and third.asked == [(None, None)]


def test_a_version_is_sent_to_its_url_only(kept, server):
    other = Server()
    try:
        page = Page()
        url = server.serve("/", page)
        kept(url)
        seen = Page()
        there = other.serve("/there", seen)
        asked = []
        server.serve("/", lambda talk: (asked.append(talk.request.headers.get("if-none-match")),
                                        talk.reply(status=302, headers={"Location": there})))
        assert kept(url).stdout == b"one\n"
        assert asked == ['"1"'] and seen.asked == [(None, None)]
    finally:
        other.close()


# The file

def test_the_store_holds_no_secrets(kept, server, store):
    url = server.serve("/", Page())
    with_user = url.replace("http://", "http://ada:secret@")
    for options in (["-u", "ada:secret", url], ["-H", "Authorization: secret", url], ["-b", "a=secret", url],
                    [with_user]):
        kept(*options)
        assert kept("--json", *options).record["not_modified"] is True
    assert "secret" not in store.read_text() and len(entries(store)) == 3


@pytest.mark.parametrize("content", [
    b'{"url":"http://a/","method":"GET","etag":"\\"1\\""}\n{"url":"http://b/","me', b"not a store\n",
    b'{"type":"result","url":"http://a/"}\n', b"\0\0\0", b'{"url":"http://a/","method":"GET","etag":"\\"1\\"\\r\\nX: y"}\n',
])
def test_an_invalid_store_is_reported_before_any_request(kept, server, store, content):
    store.write_bytes(content)
    result = kept(server.serve("/", Page()))
    assert result.status == 2 and not server.requests
    assert str(store) in result.stderr and "line" in result.stderr
    assert store.read_bytes() == content


@pytest.mark.parametrize("where", ["missing/etags", "folder", "file/etags", "pipe"])
def test_a_store_that_cannot_be_written_is_reported_before_any_request(fetch, server, tmp_path, where):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    result = fetch("--etag-store", str(tmp_path / where), server.serve("/", Page()))
    assert result.status == 74 and not server.requests
    assert "--etag-store" in result.stderr and where in result.stderr


def test_a_store_that_cannot_be_written_in_the_end_stays_as_it_was(fetch, server, odd_disk, tmp_path):
    store = tmp_path / "etags"
    page = Page(tag='"1"')
    url = server.serve("/", page)
    assert fetch("--etag-store", str(store), url).status == 0
    before = store.read_bytes()
    page.body, page.tag = b"two\n", '"2"'
    result = fetch("--etag-store", str(store), url, env=odd_disk | {"DISK_FULL_FOR": '{"url"'})
    assert (result.status, result.stdout) == (74, b"two\n")
    assert str(store) in result.stderr and "No space left" in result.stderr
    assert store.read_bytes() == before and os.listdir(tmp_path) == ["etags"]


def test_an_empty_store_is_valid_and_a_link_is_followed(fetch, server, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "etags").write_bytes(b"")
    (tmp_path / "link").symlink_to("real/etags")
    url = server.serve("/", Page())
    for expected in (b"one\n", b""):
        assert fetch("--etag-store", str(tmp_path / "link"), url).stdout == expected
    assert (tmp_path / "link").is_symlink() and len(entries(tmp_path / "real" / "etags")) == 1


def test_a_dry_run_touches_no_store(kept, server, store):
    assert kept("--dry-run", server.url("/")).status == 0
    assert not store.exists()


@pytest.mark.parametrize("how, status", [("signal", 143), ("deadline", 124), ("kill", 137)])
def test_versions_delivered_before_the_end_are_stored(start, server, store, how, status):
    deadline = ["--deadline", duration(2)] if how == "deadline" else []
    session = start("--etag-store", str(store), "--grace", "100ms", *deadline)
    done = server.serve("/done", Page())
    hanging = server.serve("/hang", lambda talk: (talk.head({"ETag": '"x"', "Content-Length": 9}), talk.hang()))
    session.say(done, hanging)
    assert session.line() == b"one\n"
    server.wait_until(lambda: server.requests_to("/hang"))
    if how != "deadline":
        session.signal(signal.SIGTERM if how == "signal" else signal.SIGKILL)
    assert session.result().status == status
    found = entries(store) if store.exists() else []
    assert [entry["url"] for entry in found] == ([] if how == "kill" else [done])
    assert os.listdir(store.parent) == ([] if how == "kill" else ["etags"])


def test_output_that_was_not_taken_comes_again(start, server, store):
    url = server.serve("/", Page(b"x" * 4_000_000 + b"\n"))
    session = start("--etag-store", str(store), url)
    session.read(1)
    session.go_away()
    result = session.result()
    assert (result.status, result.stderr) == (141, "")
    assert entries(store) == []


def test_output_that_a_command_refused_comes_again(kept, server, store):
    url, other = server.serve("/", Page()), server.serve("/other", Page(b"good\n"))
    refuse = ["--batch-retries", "0", "--batch-size", "1", "--", "grep", "-q", "good"]
    assert kept(url, other, *refuse).status == 123
    assert [entry["url"] for entry in entries(store)] == [other]


# With files

def test_a_file_that_has_not_changed_stays_and_one_that_is_gone_comes_again(kept, server, tmp_path):
    out = tmp_path / "out"
    page = Page()
    url = server.serve("/page", page)
    options = ["-o", f"{out}/{{path}}", "--json", url]
    kept(*options)
    before = (out / "page").stat()
    record = kept(*options).record
    assert (record["not_modified"], record["file"]) == (True, f"{out}/page")
    assert (out / "page").stat() == before
    (out / "page").unlink()
    assert kept(*options).record["not_modified"] is False
    assert (out / "page").read_bytes() == b"one\n"
    assert page.asked == [(None, None), ('"1"', None), (None, None)]
