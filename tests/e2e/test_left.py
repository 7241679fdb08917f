"""`--left`: a file of the inputs that were not delivered."""

import os
import signal
import stat

import pytest

from support.pace import count


@pytest.fixture
def left(tmp_path):
    return tmp_path / "left"


def lines(*inputs):
    return "".join(f"{line}\n" for line in inputs).encode()


def hanging(server):
    return server.serve("/hang", lambda talk: talk.hang())


def test_failed_inputs_are_left_in_their_order_and_as_they_came(fetch, server, left):
    good = server.serve("/good", b"good\n")
    bad = [server.url("/gone"), "no url", '{"url": "%s", "id": 7}' % server.url("/lost"), "http://127.0.0.1:1/ "]
    given = [good, bad[0], "# note", "", good, bad[1], good, bad[2], bad[3]]
    result = fetch("--retry", "0", "--left", str(left), input=lines(*given))
    assert (result.status, result.lines) == (1, [b"good\n"] * 3)
    assert left.read_bytes() == lines(*bad[:3], bad[3].strip())
    assert stat.S_IMODE(left.stat().st_mode) == 0o600


def test_nothing_is_left_of_a_run_that_succeeded(fetch, server, left):
    left.write_bytes(b"old\n")
    left.chmod(0o640)
    assert fetch("--left", str(left), server.serve("/", b"x\n")).status == 0
    assert (left.read_bytes(), stat.S_IMODE(left.stat().st_mode)) == (b"", 0o640)


def test_the_file_of_the_inputs_can_be_that_of_what_is_left(fetch, server, left):
    """Run again until nothing is left."""
    served = {"up_to": 0}

    def answer(talk):
        number = int(talk.request.query)
        talk.reply(b"%d\n" % number, status=200 if number <= served["up_to"] else 404)
    url = server.serve("/", answer)
    urls = [f"{url}?{number}" for number in (3, 0, 1, 2)]
    left.write_bytes(lines(*urls))
    link = left.with_name("link")
    link.symlink_to(left)
    for served["up_to"], rest in ((1, [urls[0], urls[3]]), (2, [urls[0]]), (3, [])):
        result = fetch("-i", str(link), "--left", str(left))
        assert (result.status, left.read_bytes()) == (1 if rest else 0, lines(*rest))
    assert link.is_symlink()


@pytest.mark.parametrize("from_stdin", [False, True], ids=["-i", "stdin"])
def test_what_a_stopped_run_has_not_read_of_a_file_is_left(start, server, left, tmp_path, from_stdin):
    inputs = tmp_path / "inputs"
    inputs.write_bytes(lines(hanging(server), *[server.url(f"/{n}") for n in range(count(20_000))]))
    options = ["-j", "1", "--keep-order", "--grace", "0.1", "--left", str(left)]
    if from_stdin:
        with inputs.open("rb") as stdin:
            session = start(*options, stdin=stdin)
    else:
        session = start(*options, "-i", str(inputs))
    server.wait_until(lambda: server.requests)
    session.signal(signal.SIGTERM)
    assert session.result().status == 143
    assert left.read_bytes() == inputs.read_bytes()


def test_arguments_that_were_not_read_are_left_before_the_files(fetch, server, left, tmp_path):
    more = tmp_path / "more"
    more.write_bytes(b"http://127.0.0.1:1/more\n\xef\xbb\xbf#\nlast")
    gone = [server.url(f"/gone{n}") for n in range(5)]
    result = fetch("--fail-early", "-j", "1", "--left", str(left), "-i", str(more), *gone)
    assert result.status == 1
    assert left.read_bytes() == lines(*gone, "http://127.0.0.1:1/more", "last")


def test_of_a_pipe_all_that_was_taken_is_left(start, server, left):
    urls = [hanging(server)] + [server.url(f"/{n}") for n in range(500)]
    session = start("-j", "1", "--grace", "0.1", "--left", str(left))
    session.say(*urls)
    session.stdin.write(b"http://127.0.0.1:1/unfini")
    session.stdin.flush()
    server.wait_until(lambda: server.requests)
    session.signal(signal.SIGINT)
    result = session.result()
    assert result.status == 130
    written = left.read_bytes().decode().splitlines()
    assert written == [*urls, "http://127.0.0.1:1/unfini"][:len(written)] and len(written) > 1
    assert "may be incomplete" in result.stderr


def test_nul_separates_what_is_left_with_0(fetch, server, left):
    inputs = [server.url("/gone"), "no\nurl", server.serve("/", b"x\n")]
    assert fetch("-0", "--left", str(left), input="\0".join(inputs).encode()).status == 1
    assert left.read_bytes() == "".join(f"{line}\0" for line in inputs[:2]).encode()


def test_what_cannot_be_written_as_a_line_is_reported(fetch, server, left):
    gone = server.url("/gone")
    result = fetch("--left", str(left), "no\nurl", "#1", " a ", "", "\ufeffb", gone)
    assert left.read_bytes() == lines(gone)
    assert result.stderr.count("would be another input") == 5 and "-0" in result.stderr
    result = fetch("--template", server.url("/gone") + "{}", "-0", "--left", str(left), "#1", " a ")
    assert left.read_bytes() == b"#1\0 a \0"
    result = fetch("--left", str(left), input=b"x" * (17 << 20) + b"\n" + gone.encode())
    assert left.read_bytes() == lines(gone)
    assert f"1 line is not in {left}" in result.stderr


def test_the_file_stays_as_it_is_if_the_input_cannot_be_read(fetch, server, left, tmp_path):
    left.write_bytes(b"old\n")
    result = fetch("--left", str(left), "-i", str(tmp_path), server.url("/gone"))
    assert (result.status, left.read_bytes()) == (74, b"old\n")
    assert f"{left} is not written: cannot read {tmp_path}" in result.stderr


def test_inputs_that_the_journal_says_are_delivered_are_not_left(fetch, server, left, tmp_path):
    journal = str(tmp_path / "journal")
    good, late = server.serve("/good", b"good\n"), server.url("/late")
    assert fetch("--journal", journal, good).status == 0
    assert fetch("--journal", journal, "--resume", "--left", str(left), good, late).status == 1
    assert left.read_bytes() == lines(late)


def test_a_line_means_the_same_when_it_is_left_and_read_again(fetch, server, left):
    """Byte order marks, white space and comments."""
    mark, gone = "\ufeff", server.url("/gone")
    odd = [mark + mark + gone, f" {mark} {gone} \t", mark + "# note", f" {mark}{mark}#", mark + "no url" + mark]
    fetch("--left", str(left), input=lines(*odd))
    first = left.read_bytes()
    assert first == lines(gone, gone, "no url" + mark)
    fetch("-i", str(left), "--left", str(left))
    assert left.read_bytes() == first


def test_the_list_of_a_resumed_run_must_not_get_shorter(fetch, server, left, tmp_path):
    """Equal inputs are told apart by their number in the list."""
    url, journal = server.serve("/", b"x\n"), str(tmp_path / "journal")
    left.write_bytes(lines(url, url))
    result = fetch("--journal", journal, "--resume", "-i", str(left), "--left", str(left))
    assert (result.status, left.read_bytes(), server.requests) == (2, lines(url, url), [])
    assert "--left: cannot replace the input list of a run with --resume" in result.stderr
    assert fetch("--journal", journal, "--resume", "-i", str(left), "--left", str(tmp_path / "other")).status == 0


@pytest.mark.parametrize("option", ["--stats", "--journal", "-o", "--log-file"])
def test_another_option_must_not_name_the_file(fetch, server, left, option):
    result = fetch("--left", str(left), option, str(left), server.serve("/", b"x\n"))
    assert result.status == 2
    assert "name the same file" in result.stderr
    assert not left.exists() and not server.requests


def test_a_name_that_cannot_be_written_is_reported_before_anything_starts(fetch, server, tmp_path):
    result = fetch("--left", str(tmp_path / "none" / "left"), server.serve("/", b"x\n"))
    assert (result.status, server.requests) == (74, [])
    assert "--left" in result.stderr
    assert os.listdir(tmp_path) == []
