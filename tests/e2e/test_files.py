"""-o: each body in a file of its own, never outside its folder, never half of it, and without leftovers."""

import json
import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from support.pace import duration, memory_limit, seconds

FAST = ("--retry-delay", "1ms")
HALF = b"first half, "


def files(folder):
    """Everything below the folder: names with contents, None for an empty folder."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[name] = None
    return found


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def echo(server):
    """Answers every path with the path and its query."""
    server.serve_elsewhere(lambda talk: talk.reply(talk.request.target.encode()))
    return server


class Halves:
    """Sends half of a body, and the rest when the test says so."""

    def __init__(self, *rest):
        self.rest = rest
        self.go = threading.Event()
        self.sent = threading.Event()

    def __call__(self, talk):
        talk.head({"Content-Length": len(HALF) + 9})
        talk.send(HALF)
        self.sent.set()
        while not self.go.wait(0.05) and not talk.server.stopping.is_set():
            pass
        talk.send(*self.rest)


# Contents of the files, and the output

def test_each_body_is_a_file_of_its_own_and_nothing_is_printed(fetch, server, out):
    bodies = {"/a.html": b"one\n", "/b/c": bytes(range(256)) * 1000, "/empty": b""}
    urls = [server.serve(path, body) for path, body in bodies.items()]
    result = fetch("-o", f"{out}/{{host}}/{{path}}", *urls)
    assert (result.status, result.stdout, result.stderr) == (0, b"", "")
    assert files(out) == {f"127.0.0.1{path}": body for path, body in bodies.items()}


def test_placeholders_have_the_documented_values(fetch, echo, out):
    template = "{scheme}+{port}+{name}+{query}+{id}+{line}+{n}/{host}/{path}"
    line = json.dumps({"url": echo.url("/a/b.html?c=d/e"), "id": "x/y"})
    result = fetch("-o", f"{out}/{template}", input=f"#\n{line}\n".encode())
    assert result.status == 0, result.stderr
    expected = f"http+{echo.port}+b.html+c=d%2Fe+x%2Fy+2+1/127.0.0.1/a/b.html?c=d%2Fe"
    assert files(out) == {expected: b"/a/b.html?c=d/e"}


def test_an_input_names_its_file(fetch, echo, out):
    result = fetch("--template", echo.url("/{}"), "-o", f"{out}/{{}}.json", input=b"ada\na/b c\n")
    assert result.status == 0, result.stderr
    assert files(out) == {"ada.json": b"/ada", "a%2Fb c.json": b"/a%2Fb%20c"}


def test_the_last_template_counts_and_a_relative_one_is_from_here(shell, echo, tmp_path):
    result = shell('cd "$folder" && "$runnel" fetch -o x -o new/page "$url" && "$runnel" fetch -o "{name}" "$url"',
                   folder=str(tmp_path), url=echo.url("/a"))
    assert result.status == 0, result
    assert files(tmp_path) == {"new/page": b"/a", "a": b"/a"}


def test_records_go_to_stdout_and_name_the_files(fetch, echo, out):
    urls = [echo.url("/a"), echo.url("/b")]
    result = fetch("--json", "--keep-order", "-o", f"{out}/{{path}}", *urls)
    assert result.status == 0
    assert [(record["state"], record["file"]) for record in result.records] == \
        [("delivered", f"{out}/a"), ("delivered", f"{out}/b")]
    assert files(out) == {"a": b"/a", "b": b"/b"}


def test_a_format_goes_to_stdout_beside_the_files(fetch, server, out):
    good = server.serve("/good", b"body")
    result = fetch("--keep-order", "-w", r"%{response_code} %{filename_effective} %header{content-length}\n",
                   "-o", f"{out}/{{path}}", good, server.url("/bad"))
    assert (result.status, result.stdout) == (1, f"200 {out}/good 4\n404  13\n".encode())
    assert files(out) == {"good": b"body"}


@pytest.mark.parametrize("options", [
    ["--lines"], ["--raw"], ["--extract", "/a"], ["--show-header", "A"], ["--json", "--body"], ["-w", "%json{/a}"],
], ids=" ".join)
def test_a_body_does_not_go_to_stdout_as_well(fetch, server, out, options):
    result = fetch("-o", f"{out}/{{path}}", *options, server.url("/"))
    assert (result.status, result.stdout) == (2, b"")
    assert "--output" in result.stderr and not server.requests and not out.exists()


@pytest.mark.parametrize("template, reported", [
    ("{host}/{nothing}", "{nothing}"), ("{host", "{host"), ("x/", "x/"), ("", '""'),
    ("{host}/../x", ".."),
])
def test_an_invalid_template_is_a_usage_error(fetch, server, template, reported):
    result = fetch("-o", template, server.url("/"))
    assert result.status == 2 and not server.requests
    assert "--output" in result.stderr and reported in result.stderr


def test_dev_null_takes_every_body_and_is_not_replaced(fetch, echo):
    result = fetch("-o", "/dev/null", "-w", "%{response_code}\n", echo.url("/a"), echo.url("/b"))
    assert (result.status, result.stdout) == (0, b"200\n200\n"), result.stderr
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_an_unexpected_status_and_a_dry_run_make_no_file(fetch, server, out):
    result = fetch("-o", f"{out}/{{path}}", "--json", server.url("/missing"))
    assert (result.record["error"], result.record["file"]) == ("http_status", None)
    assert files(out) == {}
    out.rmdir()
    assert fetch("--dry-run", "-o", f"{out}/{{path}}", server.url("/")).status == 0
    assert not out.exists()


# Names

def test_equal_names_are_numbered_in_the_order_of_the_inputs(fetch, server, out):
    go = threading.Event()

    def answer(talk):
        if talk.request.query == "0":
            assert go.wait(seconds(30))
        talk.reply(talk.request.query.encode())
        if talk.request.query == "2":
            go.set()
    server.serve("/dir/page", answer)
    result = fetch("-o", f"{out}/{{name}}", *[server.url(f"/dir/page?{n}") for n in range(3)])
    assert result.status == 0
    assert files(out) == {"page": b"0", "page.1": b"1", "page.2": b"2"}


def test_a_page_and_the_pages_below_it_get_different_names(fetch, echo, out):
    urls = [echo.url(path) for path in ("/blog", "/blog/one", "/blog/two", "/shop/one", "/shop")]
    result = fetch("-o", f"{out}/{{path}}", *urls)
    assert result.status == 0, result.stderr
    assert files(out) == {"blog": b"/blog", "blog.1/one": b"/blog/one", "blog.1/two": b"/blog/two",
                          "shop/one": b"/shop/one", "shop.1": b"/shop"}


HOSTILE = {
    "/../../../escape": "escape",
    "/a/../../../../escape2": "escape2",
    "/%2e%2e/%2e%2e/dots": "%2e%2e/%2e%2e/dots",
    "/..%2f..%2fslash": "%2E%2E%2f..%2fslash",
    "/..%5c..%5cback": "%2E%2E%5c..%5cback",
    "/..\\..\\plain": "%2E%2E%5C..%5Cplain",
    "/nul%00.txt": "nul%00.txt",
    "//empty///parts//": "empty/parts/index.html",
    "/./dot/.": "dot/index.html",
    "/dotdot/..": "index.html",
    "/-x": "-x",
    "/-rf/-rf": "-rf/-rf",
    "/q?a=/../../x": "q?a=%2F..%2F..%2Fx",
    "/~root/$(id);`id`'\"": "~root/$(id);`id`'\"",
    "/{host}": "{host}",
    "/\u00fc": "\u00fc",
}


def test_no_url_writes_outside_of_the_folder(fetch, echo, tmp_path):
    folder = tmp_path / "a" / "b" / "c" / "out"
    urls = [echo.url(path) for path in HOSTILE]
    long_names = ["/" + "n" * 300 + str(n) for n in range(3)] + ["/" + "d" * 300 + "/x.html"]
    urls += [echo.url(name) for name in long_names]
    result = fetch("-o", f"{folder}/{{host}}/{{path}}", "--json", input="\n".join(urls).encode())
    assert [record["error"] for record in result.records] == [None] * len(urls)
    found = files(tmp_path)
    below = "a/b/c/out/127.0.0.1/"
    assert {name for name in found if not name.startswith(below)} == set()
    short = {name[len(below):] for name in found if "nnn" not in name and "ddd" not in name}
    assert short == set(HOSTILE.values())
    long = [part for name in found for part in name.split("/") if "nnn" in part or "ddd" in part]
    assert len(set(long)) == 4 and all(len(part) <= 255 for part in long)
    assert {record["file"] for record in result.records} == {str(tmp_path / name) for name in found}


@pytest.mark.parametrize("template, url, name", [
    ("{name}", "/.bashrc", "%2Ebashrc"),
    ("{name}", "/%2Ebashrc", "%2Ebashrc"),
    ("{path}", "/.git/hooks/.x?.y", "%2Egit/hooks/%2Ex?.y"),
    ("{query}", "/?.profile", "%2Eprofile"),
    ("{query}{name}", "/.netrc", "%2Enetrc"),
    ("a{name}", "/.b", "a.b"),
    (".{name}", "/b", ".b"),
    (".{name}", "/.b", "..b"),
    ("sub/.{query}/{name}", "/.b?x", "sub/.x/%2Eb"),
])
def test_a_url_makes_no_hidden_file_or_folder(fetch, echo, out, template, url, name):
    result = fetch("-o", f"{out}/{template}", "--json", echo.url(url))
    assert result.status == 0, result.stderr
    assert list(files(out)) == [name] and result.record["file"] == f"{out}/{name}"


@pytest.mark.parametrize("value, name", [
    ("../x", "%2E%2E%2Fx"), ("..", "%2E%2E"), (".", "%2E"), ("", "_"), ("a\0b\n", "a%00b%0A"),
    ("/etc/passwd", "%2Fetc%2Fpasswd"), ("-x", "-x"),
])
def test_no_id_writes_outside_of_the_folder(fetch, echo, tmp_path, value, name):
    line = json.dumps({"url": echo.url("/a"), "id": value})
    result = fetch("-o", f"{tmp_path}/in/out/{{id}}", input=line.encode() + b"\n")
    assert result.status == 0, result.stderr
    assert files(tmp_path) == {f"in/out/{name}": b"/a"}


def test_an_ipv6_host_is_a_folder(fetch, tmp_path, mock):
    session = mock("--listen", "[::1]:0", "--demo")
    result = fetch("-o", f"{tmp_path}/{{host}}/{{n}}", "--expect", "any", session.url + "/")
    assert result.status == 0, result.stderr
    assert list(files(tmp_path)) == ["::1/1"]


def test_no_link_leads_outside_of_the_folder(fetch, echo, tmp_path, out):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_bytes(b"untouched")
    out.mkdir()
    (out / "folder").symlink_to(outside)
    (out / "file").symlink_to(outside / "victim")
    (out / "dangling").symlink_to(outside / "new")
    urls = [echo.url(path) for path in ("/folder/victim", "/folder/x/y", "/file", "/dangling")]
    result = fetch("-o", f"{out}/{{path}}", "--json", "--keep-order", *urls)
    assert [record["error"] for record in result.records] == ["sink", "sink", None, None]
    assert files(outside) == {"victim": b"untouched"}
    assert files(out) == {"folder": str(outside), "file": b"/file", "dangling": b"/dangling"}
    assert not (out / "file").is_symlink()


def test_links_in_the_fixed_part_are_followed(fetch, echo, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert fetch("-o", f"{tmp_path}/link/{{path}}", echo.url("/a")).status == 0
    assert files(tmp_path / "real") == {"a": b"/a"}


# Existing files

def test_a_file_is_replaced_when_the_new_one_is_complete(start, server, out):
    out.mkdir()
    (out / "page").write_bytes(b"old")
    halves = Halves(b"and rest\n")
    session = start("-o", f"{out}/{{path}}", server.serve("/page", halves))
    assert halves.sent.wait(seconds(30))
    assert files(out) == {"page": b"old"}
    halves.go.set()
    assert session.result().status == 0
    assert files(out) == {"page": HALF + b"and rest\n"}


def test_no_clobber_keeps_a_file_and_asks_for_nothing(fetch, echo, out):
    out.mkdir()
    (out / "old").write_bytes(b"kept")
    (out / "link").symlink_to("nowhere")
    urls = [echo.url("/old"), echo.url("/link"), echo.url("/new")]
    result = fetch("--no-clobber", "-o", f"{out}/{{path}}", "--json", "--keep-order", *urls)
    assert result.status == 0
    keys = ("ok", "attempts", "response_code", "file")
    assert [tuple(record[key] for key in keys) for record in result.records] == \
        [(True, 0, None, f"{out}/old"), (True, 0, None, f"{out}/link"), (True, 1, 200, f"{out}/new")]
    assert [request.path for request in echo.requests] == ["/new"]
    assert files(out) == {"old": b"kept", "link": "nowhere", "new": b"/new"}


def test_no_clobber_keeps_a_file_that_appears_meanwhile(start, server, out):
    halves = Halves(b"and rest\n")
    session = start("--no-clobber", "--json", "-o", f"{out}/{{path}}", server.serve("/page", halves))
    assert halves.sent.wait(seconds(30))
    (out / "page").write_bytes(b"earlier")
    halves.go.set()
    result = session.result()
    assert (result.status, result.record["file"]) == (0, f"{out}/page")
    assert files(out) == {"page": b"earlier"}


def test_no_clobber_finds_the_same_names_again(fetch, echo, out):
    urls = [echo.url(f"/page?{n}") for n in range(5)]
    for expected in (5, 5):
        assert fetch("--no-clobber", "-o", f"{out}/{{path}}", *urls).status == 0
        assert len(echo.requests) == expected and len(files(out)) == 5


# A name follows from its input alone where the files of other runs count

REMEMBERING = {"--no-clobber": ["--no-clobber"], "--etag-store": ["--etag-store", "{folder}/store"],
               "--resume": ["--journal", "{folder}/journal", "--resume"]}


@pytest.mark.parametrize("which", REMEMBERING)
@pytest.mark.parametrize("place", ["{n}", "{line}"])
def test_a_place_in_the_input_names_no_file_of_other_runs(fetch, echo, tmp_path, out, which, place):
    options = [text.replace("{folder}", str(tmp_path)) for text in REMEMBERING[which]]
    result = fetch(*options, "-o", f"{out}/{place}", echo.url("/a"))
    assert result.status == 2 and place in result.stderr and not echo.requests


@pytest.mark.parametrize("which", REMEMBERING)
def test_a_second_url_of_a_name_fails_and_names_the_first(fetch, echo, tmp_path, out, which):
    options = [text.replace("{folder}", str(tmp_path)) for text in REMEMBERING[which]]
    urls = [echo.url("/a/x"), echo.url("/b/x"), echo.url("/a/x")]
    result = fetch("--json", "--keep-order", *options, "-o", f"{out}/{{name}}", *urls)
    assert [record["error"] for record in result.records] == [None, "sink", None], result.records
    assert urls[0] in result.records[1]["errormsg"] and result.status == 74
    assert files(out) == {"x": b"/a/x"}


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("which", ["--etag-store", "--resume"])
def test_the_file_of_another_url_is_not_overwritten_by_a_later_run(fetch, server, tmp_path, out, which, swap):
    failing = {"/b/x"}

    def answer(talk):
        failed = talk.request.path in failing
        talk.reply(talk.request.path.encode(), 500 if failed else 200, {"ETag": f'"{talk.request.path}"'})
    urls = [server.serve(path, answer) for path in ("/a/x", "/b/x")]
    options = [text.replace("{folder}", str(tmp_path)) for text in REMEMBERING[which]]
    run = ["--retry", "0", *options, "-o", f"{out}/{{name}}"]
    assert fetch(*run, *urls).status == 74
    assert files(out) == {"x": b"/a/x"}
    failing.clear()
    result = fetch("--json", *run, *reversed(urls) if swap else urls)
    assert files(out) == {"x": b"/a/x"}
    assert {record["input"]: record["error"] for record in result.records}[urls[1]] == "sink"


def test_a_journal_without_resume_numbers_files(fetch, echo, out, tmp_path):
    urls = [echo.url("/a/x"), echo.url("/b/x")]
    assert fetch("--journal", str(tmp_path / "journal"), "-o", f"{out}/{{name}}", *urls).status == 0
    assert files(out) == {"x": b"/a/x", "x.1": b"/b/x"}


def test_kept_files_are_counted_as_skipped(fetch, echo, out, tmp_path):
    out.mkdir()
    (out / "old").write_bytes(b"kept")
    stats = tmp_path / "stats"
    result = fetch("-v", "--no-clobber", "--stats", str(stats), "-o", f"{out}/{{path}}", echo.url("/old"),
                   echo.url("/new"))
    counts = json.loads(stats.read_text(encoding="utf-8"))
    assert (counts["delivered"], counts["skipped"], counts["failed"]) == (1, 1, 0)
    assert "1 delivered, 0 failed, 0 cancelled, 1 skipped" in result.stderr


def test_no_clobber_is_about_files(fetch, server):
    result = fetch("--no-clobber", server.url("/"))
    assert result.status == 2 and "--no-clobber" in result.stderr and not server.requests


# Failures

def test_a_body_that_fails_leaves_nothing(fetch, server, out):
    out.mkdir()
    (out / "old").write_bytes(b"kept")
    for name in ("old", "new"):
        server.serve(f"/{name}", lambda talk: (talk.head({"Content-Length": 1 << 20}), talk.send(b"x" * 300_000)))
    urls = [server.url("/old"), server.url("/new")]
    result = fetch("--retry", "0", "--json", "-o", f"{out}/{{path}}", *urls)
    assert [(record["error"], record["file"]) for record in result.records] == [("truncated", None)] * 2
    assert files(out) == {"old": b"kept"}


def test_a_body_can_be_retried_at_any_size(fetch, server, out):
    body, attempts = os.urandom(3_000_000), []

    def answer(talk):
        attempts.append(1)
        talk.head({"Content-Length": len(body)})
        talk.send(body[:-1] if len(attempts) < 3 else body)
    result = fetch(*FAST, "-o", f"{out}/{{path}}", server.serve("/large", answer))
    assert result.status == 0, result.stderr
    assert len(attempts) == 3 and files(out) == {"large": body}


def test_a_file_in_the_way_fails_its_input_and_no_other(fetch, echo, out):
    (out / "folder" / "x").mkdir(parents=True)
    (out / "file").write_bytes(b"kept")
    os.mkfifo(out / "pipe")
    urls = [echo.url(path) for path in ("/folder/x", "/file/y", "/pipe", "/good")]
    result = fetch("-o", f"{out}/{{path}}", "--json", "--keep-order", *urls)
    assert [record["error"] for record in result.records] == ["sink", "sink", "sink", None]
    assert result.status == 74
    for record, name in zip(result.records, ("folder/x", "file/y", "pipe")):
        assert f"{out}/{name}" in record["errormsg"] and record["file"] is None and record["exitcode"] == 23
    assert (out / "good").read_bytes() == b"/good" and (out / "file").read_bytes() == b"kept"
    assert sorted(os.listdir(out)) == ["file", "folder", "good", "pipe"]


def test_a_full_disk_fails_an_input_and_no_other(fetch, server, odd_disk, out):
    out.mkdir()
    (out / "full").write_bytes(b"kept")
    bodies = {"/full": b"no room " * 50_000, "/small": b"no room", "/good": b"room " * 50_000}
    urls = [server.serve(path, body) for path, body in bodies.items()]
    result = fetch("-o", f"{out}/{{path}}", "--json", "--keep-order", *urls, env=odd_disk)
    assert [record["error"] for record in result.records] == ["sink", "sink", None]
    assert "No space left on device" in result.records[0]["errormsg"]
    assert f"{out}/full" in result.stderr and result.status == 74
    assert files(out) == {"full": b"kept", "good": bodies["/good"]}


def test_a_file_that_may_not_be_that_large_fails_its_input(shell, server, tmp_path):
    urls = [server.serve("/large", b"x" * 3_000_000), server.serve("/small", b"x")]
    result = shell('ulimit -f 1000; "$runnel" fetch --keep-order --json -o "$out/{path}" $urls',
                   out=str(tmp_path), urls=" ".join(urls))
    assert [json.loads(line)["error"] for line in result.lines] == ["sink", None]
    assert files(tmp_path) == {"small": b"x"}


def test_a_folder_that_cannot_be_written_to_is_found_before_anything_is_asked(fetch, server, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    result = fetch("-o", f"{tmp_path}/file/{{path}}", server.url("/"))
    assert result.status == 74 and f"{tmp_path}/file" in result.stderr and not server.requests


def test_a_path_that_no_system_call_takes_fails_its_input(fetch, echo, out):
    result = fetch("-o", f"{out}/{{path}}", "--json", "--keep-order", echo.url("/deep" * 2000), echo.url("/good"))
    assert [record["error"] for record in result.records] == ["sink", None]
    assert files(out) == {"good": b"/good"}


# The disk

def test_a_file_is_on_the_disk_before_it_has_its_name_and_then_the_name(fetch, echo, odd_disk, out, tmp_path):
    out.mkdir()
    log = tmp_path / "log"
    assert fetch("-o", f"{out}/{{path}}", echo.url("/a"), env=odd_disk | {"DISK_LOG": str(log)}).status == 0
    assert log.read_text().splitlines() == ["sync file", "rename", "sync folder"]
    log.unlink()
    assert fetch("-o", f"{out}/{{path}}", echo.url("/new/b"), env=odd_disk | {"DISK_LOG": str(log)}).status == 0
    assert log.read_text().splitlines() == ["sync folder", "sync file", "rename", "sync folder"]


def test_a_slow_disk_does_not_hold_the_loop(fetch, echo, odd_disk, out, tmp_path):
    stats = tmp_path / "stats"
    urls = [echo.url(f"/{n}") for n in range(20)]
    result = fetch("-o", f"{out}/{{path}}", "--stats", str(stats), "--debug-loop", *urls,
                   env=odd_disk | {"DISK_SYNC_MS": "400"})
    assert result.status == 0 and len(files(out)) == 20
    assert result.stderr == "", "nothing held the loop for 100 ms"
    assert json.loads(stats.read_text())["peak_in_flight"] == 20


def test_a_large_body_takes_no_memory(start, server, out):
    size = 256 << 20

    def answer(talk):
        talk.head({"Content-Length": size})
        for _ in range(256):
            talk.send(bytes(1 << 20))
    session = start("-w", "%{size_download}\n", "-o", f"{out}/{{path}}")
    session.say(server.serve("/large", answer))
    assert session.line(timeout=120) == b"%d\n" % size
    assert session.peak_memory() < memory_limit(32)
    session.end_input()
    assert session.result().status == 0 and (out / "large").stat().st_size == size


# Early ends

@pytest.mark.parametrize("how, status", [("signal", 143), ("second signal", 143), ("kill", 137), ("deadline", 124)])
def test_nothing_is_left_of_an_incomplete_body(start, server, out, how, status):
    halves = Halves()
    deadline = ["--deadline", duration(2)] if how == "deadline" else []
    session = start("-j", "20", "--grace", "0" if how == "second signal" else "100ms", "-w", "%{filename_effective}\n",
                    "-o", f"{out}/{{path}}", *deadline)
    session.say(server.serve("/done", b"done"))
    assert session.line() == f"{out}/done\n".encode()
    large = server.serve("/large", lambda talk: (talk.head({"Content-Length": 9 << 20}), talk.send(bytes(1 << 20)),
                                                 halves(talk)))
    session.say(*[f"{large}?{n}" for n in range(10)])
    server.wait_until(lambda: server.active == 10)
    assert halves.sent.wait(seconds(30))
    if how == "kill":
        session.signal(signal.SIGKILL)
    elif how != "deadline":
        session.signal(signal.SIGTERM)
    if how == "second signal":
        while "again to end at once" not in session.stderr():
            assert session.process.poll() is None
        session.signal(signal.SIGTERM)
    assert session.result().status == status
    assert files(out) == {"done": b"done"}


def test_files_completed_before_the_deadline_exist(fetch, server, out):
    server.serve("/hang", lambda talk: talk.hang())
    urls = [server.serve("/good", b"x"), server.url("/hang")]
    result = fetch("--deadline", duration(1), "-o", f"{out}/{{path}}", "--json", *urls)
    assert (result.status, {record["state"] for record in result.records}) == (124, {"delivered", "cancelled"})
    assert files(out) == {"good": b"x"}


def test_thousands_of_files(fetch, echo, out):
    number = 2000
    urls = "".join(echo.url(f"/p?{n}\n") for n in range(number)).encode()
    result = fetch("-j", "100", "-o", f"{out}/{{n}}/{{path}}", input=urls, timeout=120)
    assert result.status == 0, result.stderr
    assert files(out) == {f"{n + 1}/p?{n}": f"/p?{n}".encode() for n in range(number)}
