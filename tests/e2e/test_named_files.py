"""Files that an option names in full: stdout, descriptors, devices, pipes, links, and one file for two options."""

import json
import os
import signal
import stat
import threading
import time

import pytest

from support import tool
from support.pace import seconds

STDOUT = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]


@pytest.fixture
def link(tmp_path):
    """link(target) makes a link to the target and returns its name. A faulty program replaces the link, not the
    target, which may be a device of this machine."""
    folder = tmp_path / "links"
    folder.mkdir()

    def make(target):
        path = folder / f"link{len(list(folder.iterdir()))}"
        path.symlink_to(target)
        return str(path)
    yield make
    for path in folder.iterdir():
        assert path.is_symlink(), f"{path} was replaced"


@pytest.fixture
def page(server):
    return server.serve("/page", b"body\n")


# stdout and other descriptors

@pytest.mark.parametrize("name", ["-", *STDOUT])
def test_a_body_for_stdout_is_raw(fetch, server, link, tmp_path, name):
    url = server.serve("/", b"no newline")
    result = fetch("-o", name if name == "-" else link(name), url)
    assert (result.status, result.stdout) == (0, b"no newline"), result


@pytest.mark.parametrize("other", [["--json"], ["--lines"], ["--extract", "/a"], ["-w", "x"]], ids=" ".join)
@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_stdout_holds_one_format(fetch, server, link, name, other):
    result = fetch("-o", name if name == "-" else link(name), *other, server.url("/"))
    assert (result.status, result.stdout) == (2, b"") and not server.requests


WRITERS = {  # option: the command line around the file, and the beginning of what it writes
    "--stats": ('fetch --stats "$file" "$url"', b'body\n{"read":1,'),
    "--dead-letter": ('batch --dead-letter "$file" -n 1 --batch-retries 0 -- false', b'{"line":"a",'),
    "-O": ('check -O "$file" --format json "$url"', b'{"type":"check"'),
}


@pytest.mark.parametrize("name", ["-", *STDOUT])
@pytest.mark.parametrize("option", WRITERS)
def test_what_is_for_stdout_follows_what_was_printed(shell, page, link, tmp_path, option, name):
    command, begin = WRITERS[option]
    log = tmp_path / "log"
    log.write_bytes(b"before\n")
    names = {"file": name if name == "-" else link(name), "url": page, "log": str(log)}
    shell(f'cd "{tmp_path}" && echo a | "$runnel" {command} >>"$log"; echo after >>"$log"', **names)
    assert log.read_bytes().startswith(b"before\n" + begin)
    assert log.read_bytes().endswith(b"}\nafter\n")
    assert sorted(os.listdir(tmp_path)) == ["links", "log"]
    # Not truncated either, and at the position of the descriptor.
    shell(f'cd "{tmp_path}" && (echo a; echo b) | (echo first; "$runnel" {command}; echo last) >"$log"', **names)
    assert log.read_bytes().startswith(b"first\n" + begin) and log.read_bytes().endswith(b"}\nlast\n")


def test_a_log_on_stdout_does_not_overwrite_it(shell, page, link, tmp_path):
    log = tmp_path / "log"
    shell('"$runnel" fetch --log-file "$file" "$url" http://nowhere.invalid:0/ >"$log"; echo last >>"$log"',
          file=link("/dev/stdout"), url=page, log=str(log))
    lines = log.read_bytes().splitlines()
    assert lines[-1] == b"last" and b"body" in lines and any(b"bad_input" in line for line in lines), lines


def test_bodies_for_a_descriptor_come_whole_one_after_another(shell, server, tmp_path):
    bodies = {f"/{n}": bytes([65 + n]) * 300_000 + b"\n" for n in range(8)}
    urls = " ".join(server.serve(path, body) for path, body in bodies.items())
    result = shell(f'(echo before >&3; "$runnel" fetch -w "%{{filename_effective}}\\n" -o /dev/fd/3 {urls};'
                   f' echo after >&3) 3>"$file"', file=str(tmp_path / "file"))
    assert result.stdout == b"/dev/fd/3\n" * 8, result
    first, *lines, last = (tmp_path / "file").read_bytes().splitlines(True)
    assert (first, last) == (b"before\n", b"after\n")
    assert sorted(lines) == sorted(bodies.values())


def test_a_failed_attempt_leaves_nothing_in_a_descriptor(shell, server, tmp_path):
    broken = iter([True, False])

    def answer(talk):
        if next(broken):
            talk.head({"Content-Length": 1 << 20})
            talk.send(b"half")
        else:
            talk.reply(b"whole")
    result = shell('"$runnel" fetch --retry 1 --retry-delay 1ms -o /dev/fd/3 "$url" 3>"$file"',
                   url=server.serve("/", answer), file=str(tmp_path / "file"))
    assert result.status == 0 and (tmp_path / "file").read_bytes() == b"whole"


def test_bodies_for_a_descriptor_keep_the_order(shell, server, tmp_path):
    def answer(talk):
        talk.pause(0.2 if talk.request.path == "/0" else 0)
        talk.reply(talk.request.path.encode() + b"\n")
    urls = " ".join(server.serve(f"/{n}", answer) for n in range(5))
    shell(f'"$runnel" fetch --keep-order -o /dev/fd/3 {urls} 3>"$file"', file=str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"/0\n/1\n/2\n/3\n/4\n"


# Devices and pipes

def test_a_full_device_is_an_error_and_stays(fetch, page, link):
    name = link("/dev/full")
    result = fetch("--json", "-o", name, page, page)
    assert result.status == 74
    assert [(record["error"], record["file"]) for record in result.records] == [("sink", None)] * 2
    assert "No space left" in result.stderr
    assert os.listdir(os.path.dirname(name)) == ["link0"]


@pytest.mark.parametrize("option", ["-o", "--stats", "-O"])
def test_a_pipe_is_written_to(runnel, page, tmp_path, option):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    command = ["check", "--format", "json"] if option == "-O" else ["fetch"]
    result = runnel(*command, option, str(pipe), page)
    reader.join(30)
    assert result.status == 0 and stat.S_ISFIFO(pipe.stat().st_mode)
    assert read == [b"body\n"] if option == "-o" else json.loads(read[0])


# Links and permissions

@pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
@pytest.mark.parametrize("option", ["-o", "--stats", "-O", "--etag-store"])
def test_a_link_stays_and_its_target_is_replaced(runnel, page, link, tmp_path, option, there):
    target = tmp_path / "target"
    if there:
        target.write_bytes(b"" if option == "--etag-store" else b"old")
        target.chmod(0o640)
    name = link("../target")
    command = ["check", "--format", "json"] if option == "-O" else ["fetch"]
    result = runnel(*command, option, name, page)
    assert result.status == 0, result.stderr
    assert os.readlink(name) == "../target" and target.read_bytes() != b"old"
    if there:
        assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_second_body_does_not_follow_the_link(fetch, server, link, tmp_path):
    name = link("../target")
    result = fetch("--keep-order", "-o", name, server.serve("/1", b"1"), server.serve("/2", b"2"))
    assert result.status == 0, result.stderr
    assert (tmp_path / "target").read_bytes() in (b"1", b"2")
    second = f"{name}.1"
    assert not os.path.islink(second)
    os.remove(second)


# Refusals

HELD = {
    "--journal": "fetch --journal", "--etag-store": "fetch --etag-store", "--lock": "fetch --lock",
    "--log-file": "fetch --log-file", "--state": "check --state", "batch --journal": "batch --journal",
    "--change-file": "race --change-file",
}


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/0"])
@pytest.mark.parametrize("option", HELD)
def test_a_file_that_is_held_is_not_stdout(shell, page, tmp_path, option, name):
    if option == "--log-file" and name != "-":
        pytest.skip("the log may go to a descriptor")
    end = "" if option.startswith("batch") else '"$url"'
    result = shell(f'cd "{tmp_path}" && "$runnel" {HELD[option]} "{name}" {end} >out', url=page, input=b"")
    assert result.status == 2 and option.split()[-1] in result.stderr, result
    assert os.listdir(tmp_path) == ["out"]


SAME = [  # two options of one command that would use one file
    ("fetch", "--stats", "--journal"), ("fetch", "--journal", "--etag-store"), ("fetch", "-i", "--stats"),
    ("fetch", "-o", "--stats"), ("fetch", "-i", "-o"), ("fetch", "--log-file", "--journal"),
    ("fetch", "--lock", "--journal"), ("batch", "--dead-letter", "--journal"), ("check", "--state", "-O"),
    ("check", "-i", "-O"), ("fetch", "-d@", "--stats"), ("fetch", "-b", "--stats"), ("race", "--change-file", "--lock"),
]


@pytest.mark.parametrize("spelling", ["same", "dots", "link", "hard link", "free"])
@pytest.mark.parametrize("command, first, second", SAME, ids=str)
def test_two_options_do_not_share_a_file(runnel, page, tmp_path, command, first, second, spelling):
    file = tmp_path / "file"
    if spelling != "free":
        file.write_bytes(page.encode() + b"\n")
    other = tmp_path / "other"
    if spelling == "link":
        other.symlink_to("file")
    elif spelling == "hard link":
        other.hardlink_to(file)
    else:
        other = f"{tmp_path}/./file" if spelling == "dots" else file
    urls = [] if command == "batch" or "-i" in (first, second) else [page]
    one = [f"{first}{file}"] if first.endswith("@") else [first, str(file)]
    result = runnel(command, *one, second, str(other), *urls, input=b"")
    assert result.status == 2, result
    assert "name the same file, " in result.stderr and str(file) in result.stderr
    assert spelling == "free" or file.read_bytes() == page.encode() + b"\n"


def test_stdin_is_a_file_as_well(shell, page, tmp_path):
    file = tmp_path / "file"
    file.write_text(page + "\n", encoding="utf-8")
    for asked in ("-i - --stats", "--stats", "--journal", "-o"):
        result = shell(f'"$runnel" fetch {asked} "$file" <"$file"', file=str(file))
        assert result.status == 2 and file.read_text(encoding="utf-8") == page + "\n"


@pytest.mark.parametrize("number", range(3, 20))
def test_a_descriptor_of_the_program_itself_is_no_file(shell, page, tmp_path, number):
    kept = tmp_path / "kept"
    result = shell(f'cd "{tmp_path}" && "$runnel" fetch --lock lock --journal kept --log-file log --stats /dev/fd/{number} "$url"',
                   url=page)
    assert result.status == 74 and "Bad file descriptor" in (tmp_path / "log").read_text() + result.stderr
    assert not kept.exists() or kept.read_bytes() == b""


WITHOUT_A_READER = ["fetch -o", "fetch --stats", "fetch --dead-letter", "fetch --left", "check -O", "batch --dead-letter",
                    "batch --stats"]


@pytest.mark.parametrize("command", WITHOUT_A_READER)
def test_a_pipe_without_a_reader_is_waited_for_until_the_deadline_or_a_signal(runnel, page, tmp_path, command):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    name, option = command.split()
    end = {"batch": ["--", "cat"], "check": [page], "fetch": [page]}[name]
    end = [*end, "--", "cat"] if command == "fetch --dead-letter" else end
    result = runnel(name, "--deadline", "0.3", option, str(pipe), *end, input=b"")
    assert (result.status, stat.S_ISFIFO(pipe.stat().st_mode)) == (124, True)
    assert "the deadline passed" in result.stderr
    session = tool.Session([tool.binary(), name, option, str(pipe), *end])
    time.sleep(seconds(0.3))
    session.signal(signal.SIGTERM)
    assert session.result().status == 143


def test_no_body_replaces_a_file_of_the_run(fetch, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ["journal", "list", "left", "stats"]
    urls = [server.serve(f"/{name}", b"body\n") for name in names]
    (tmp_path / "list").write_text("\n".join(urls))
    assert fetch("-i", "list", "--journal", "journal", "--left", "left", "--stats", "stats", "-o", "{name}").status == 0
    assert (tmp_path / "journal").read_text().count('"delivered":true') == 4
    assert (tmp_path / "list").read_text() == "\n".join(urls) and (tmp_path / "left").read_bytes() == b""
    assert all((tmp_path / f"{name}.1").read_bytes() == b"body\n" for name in names)
    result = fetch("--etag-store", "etags", "-o", "{name}", server.serve("/etags", b"body\n"))
    assert result.status == 74 and "is the file of --etag-store" in result.stderr


def test_files_that_are_only_read_may_be_one(runnel, page, tmp_path):
    file = tmp_path / "file"
    file.write_text(page + "\n", encoding="utf-8")
    assert runnel("fetch", "-i", str(file), "-i", str(file)).stdout == b"body\nbody\n"


@pytest.mark.parametrize("name", ["/dev/stdin", "/dev/fd/0", "/dev/fd/3"])
def test_a_descriptor_is_read_from_its_position(shell, page, tmp_path, name):
    file = tmp_path / "file"
    file.write_text(f"http://nowhere.invalid:0/\n{page}\n", encoding="utf-8")
    number = name[-1] if name[-1].isdigit() else "0"
    result = shell(f'exec 3<"$file" <&3; python3 -c "import os; os.lseek(3, {len("http://nowhere.invalid:0/") + 1}, 0)";'
                   f'"$runnel" fetch -i {name} {number}<&3', file=str(file))
    assert (result.status, result.stdout) == (0, b"body\n"), result
