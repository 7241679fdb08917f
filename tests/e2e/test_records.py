"""Exactly one record for each input, and its contents; what counts as an input; the command line."""

import json
import re
import threading
from datetime import datetime, timedelta, timezone

import pytest

from support.faults import BOMB, TEXT, compressed, redirect
from support.pace import duration, seconds

PHASES = ["time_namelookup", "time_connect", "time_pretransfer", "time_starttransfer", "time_total"]


def by_line(result):
    return {record["line"]: record for record in result.records}


@pytest.fixture
def ok(server):
    return server.serve("/ok", b"good\n")


def test_a_delivered_input_has_a_complete_record(fetch, server):
    url = server.serve("/page", lambda talk: talk.reply(b"12345\n", headers={"Content-Type": "text/plain"}))
    result = fetch("--json", input=f"{url}\n".encode())
    record = result.record
    assert result.status == 0
    expected = {"type": "result", "input": url, "line": 1, "id": None, "extra": None, "ok": True, "state": "delivered",
                "error": None, "errormsg": None, "exitcode": 0, "method": "GET", "url": url, "url_effective": url,
                "response_code": 200, "content_type": "text/plain", "size_download": 6, "num_redirects": 0,
                "attempts": 1, "remote_ip": "127.0.0.1", "remote_port": server.port, "file": None}
    assert {key: record[key] for key in expected} == expected
    assert record["file_in"] in (None, "-")
    assert record["http_version"] in ("1.1", 1.1)
    assert record["size_header"] > 40
    assert not record["hedged"] and not record["not_modified"]


def test_json_prints_records_and_no_body(fetch, ok):
    assert b"good" not in fetch("--json", ok, ok).stdout


def test_times_are_seconds_as_floats_in_the_order_of_the_phases(fetch, server):
    def answer(talk):
        talk.pause(0.2)
        talk.reply(b"late\n")
    record = fetch("--json", server.serve("/", answer)).record
    times = [record[phase] for phase in PHASES]
    assert all(isinstance(time, float) for time in times + [record["time_queue"]])
    assert times == sorted(times) and times[0] >= 0
    assert 0.2 <= record["time_starttransfer"] < seconds(20)


def test_the_time_stamp_is_when_it_finished_in_utc(fetch, ok):
    stamp = fetch("--json", ok).record["ts"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", stamp)
    when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    assert abs(datetime.now(timezone.utc) - when) < timedelta(seconds=seconds(60))


def test_equal_inputs_have_a_record_each(fetch, server, ok):
    result = fetch("--json", input=f"{ok}\n".encode() * 20)
    assert sorted(record["line"] for record in result.records) == list(range(1, 21))
    assert len(server.requests) == 20


def test_bad_lines_are_failed_inputs_with_their_line_numbers_and_the_rest_goes_on(fetch, ok):
    result = fetch("--json", input=f"nonsense\nfile:///etc/passwd\n{ok}\n".encode())
    records = by_line(result)
    assert result.status == 1
    assert [records[line]["error"] for line in (1, 2, 3)] == ["bad_input", "bad_input", None]
    assert [records[line]["state"] for line in (1, 2, 3)] == ["failed", "failed", "delivered"]
    assert records[1]["input"] == "nonsense" and records[2]["input"] == "file:///etc/passwd"
    assert records[1]["errormsg"] and records[1]["response_code"] is None


@pytest.mark.parametrize("line", ["http://", "ftp://127.0.0.1/", "scp://127.0.0.1/x", "http://127.0.0.1:99999/",
                                  "http://a b/", "-K", "javascript:alert(1)", "http://[::1", "\x01"])
def test_a_line_that_is_not_a_request_is_bad_input(fetch, ok, line):
    result = fetch("--json", input=f"{line}\n{ok}\n".encode())
    assert by_line(result)[1]["error"] == "bad_input"
    assert by_line(result)[2]["ok"]
    assert result.status == 1


def test_a_line_that_is_not_utf8_still_gives_a_valid_record(fetch, ok):
    result = fetch("--json", input=b"\xff\xfe nonsense\n" + ok.encode() + b"\n")
    assert by_line(result)[1]["error"] == "bad_input"
    assert by_line(result)[2]["ok"]


def test_a_very_long_line_is_a_failed_input_and_the_next_one_is_read(fetch, ok):
    result = fetch("--json", input=b"http://127.0.0.1/" + b"x" * (20 << 20) + b"\n" + ok.encode() + b"\n", timeout=60)
    assert [record["ok"] for record in sorted(result.records, key=lambda r: r["line"])] == [False, True]


def test_a_line_without_a_scheme_gets_a_hint(fetch):
    record = fetch("--json", input=b"example.com/page\n").record
    assert record["error"] == "bad_input"
    assert "add https://" in record["errormsg"]


def test_blank_lines_and_comments_are_not_inputs_but_count_as_lines(fetch, ok):
    result = fetch("--json", input=f"\n# a comment\n   \n{ok}\n\n#{ok}\n".encode())
    assert (result.record["line"], result.status) == (4, 0)


def test_carriage_returns_are_trimmed(fetch, ok):
    result = fetch("--json", input=f"{ok}\r\n\r\n# comment\r\n{ok}\r\n".encode())
    assert {line: record["input"] for line, record in by_line(result).items()} == {1: ok, 4: ok}
    assert result.status == 0


def test_a_byte_order_mark_is_trimmed(fetch, ok):
    result = fetch("--json", input=b"\xef\xbb\xbf" + ok.encode() + b"\n")
    assert (result.record["input"], result.status) == (ok, 0)


def test_a_file_names_itself_and_the_line_in_its_records(fetch, tmp_path, ok):
    urls = tmp_path / "urls"
    urls.write_text(f"\n{ok}\nnonsense\n")
    records = by_line(fetch("--json", "-i", str(urls)))
    assert records[2]["ok"] and records[3]["error"] == "bad_input"
    assert {record["file_in"] for record in records.values()} == {str(urls)}


def test_several_files_are_read_each_with_its_own_lines_and_byte_order_mark(fetch, tmp_path, ok):
    one, two = tmp_path / "one", tmp_path / "two"
    for urls in (one, two):
        urls.write_bytes(b"\xef\xbb\xbf" + f"{ok}\n{ok}".encode())
    result = fetch("--json", "-i", str(one), "-i", str(two))
    seen = sorted((record["file_in"], record["line"]) for record in result.records)
    assert seen == [(str(one), 1), (str(one), 2), (str(two), 1), (str(two), 2)]
    assert result.status == 0


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_started(fetch, server, tmp_path, ok):
    result = fetch("-i", str(tmp_path / "missing"), ok)
    assert result.status == 2 and "missing" in result.stderr
    assert not server.requests


def test_arguments_are_inputs_and_stdin_is_left_alone(fetch, server, ok):
    result = fetch("--json", ok, ok + "?2", input=f"{ok}?3\n".encode())
    assert sorted(record["input"] for record in result.records) == [ok, ok + "?2"]
    assert len(server.requests) == 2


def test_a_bad_argument_is_a_failed_input_like_a_bad_line(fetch, ok):
    result = fetch("--json", "nonsense", ok)
    assert sorted(str(record["error"]) for record in result.records) == ["None", "bad_input"]
    assert result.status == 1


@pytest.mark.parametrize("options", [[], ["--json"], ["--tag"]], ids=str)
def test_no_input_is_success_without_output(fetch, options):
    result = fetch(*options, input=b"")
    assert (result.status, result.stdout, result.stderr) == (0, b"", "")


def test_an_unexpected_status_prints_nothing_and_is_reported_with_its_url(fetch, server, ok):
    gone = server.url("/gone")
    result = fetch(gone, ok)
    assert (result.status, result.stdout) == (1, b"good\n")
    assert gone in result.stderr


def test_an_unexpected_status_has_its_record(fetch, server):
    result = fetch("--json", server.url("/gone"))
    record = result.record
    assert (record["ok"], record["state"], record["error"]) == (False, "failed", "http_status")
    assert (record["response_code"], result.status) == (404, 1)
    assert record["errormsg"] and record["time_total"] > 0


@pytest.mark.parametrize("expect, accepted", [
    ("404", True), ("200,404", True), ("4xx", True), ("any", True), ("2xx,3xx", False), ("200", False)])
def test_expect_says_which_status_is_success(fetch, server, expect, accepted):
    result = fetch("--expect", expect, server.url("/gone"))
    assert (result.status, result.stdout) == ((0, b"no such page\n") if accepted else (1, b""))


def test_a_304_is_an_answer_when_it_is_expected(fetch, server):
    url = server.serve("/304", lambda talk: talk.reply(status=304))
    assert fetch("--expect", "304", "--json", url).record["response_code"] == 304


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_counted(fetch, server, ok, status):
    hop = server.serve("/hop", lambda talk: talk.reply(status=status, headers={"Location": "ok"}))
    url = server.serve("/start", lambda talk: talk.reply(status=status, headers={"Location": hop}))
    record = fetch("--json", url).record
    assert (record["ok"], record["response_code"], record["num_redirects"]) == (True, 200, 2)
    assert (record["url"], record["url_effective"]) == (url, ok)
    assert 0 < record["time_redirect"] <= record["time_total"]


def test_a_redirect_prints_only_the_last_body(fetch, server, ok):
    url = server.serve("/start", lambda talk: talk.reply(b"moved\n", 302, {"Location": ok}))
    assert fetch(url).stdout == b"good\n"


@pytest.mark.parametrize("hops, error", [(10, None), (11, "redirect")])
def test_ten_redirects_are_followed_and_no_more(fetch, server, hops, error):
    def answer(talk):
        left = int(talk.request.query)
        talk.reply(b"end\n") if left == 0 else talk.reply(status=302, headers={"Location": f"?{left - 1}"})
    record = fetch("--json", f"{server.serve('/hop', answer)}?{hops}").record
    assert record["error"] == error
    assert error or record["num_redirects"] == hops


@pytest.mark.parametrize("jobs", [1, 3])
def test_jobs_is_how_many_requests_there_are_at_once(fetch, server, jobs):
    together = threading.Barrier(jobs)

    def answer(talk):
        together.wait(seconds(30))
        talk.reply(b"ok\n")
    result = fetch("-j", str(jobs), *[f"{server.serve('/', answer)}?{n}" for n in range(jobs * 6)])
    assert (result.status, server.peak) == (0, jobs)


def test_an_unknown_option_is_named_and_nothing_is_started(fetch, server, ok):
    result = fetch("--no-such-option", ok)
    assert (result.status, result.stdout) == (2, b"")
    assert "--no-such-option" in result.stderr
    assert not server.requests


@pytest.mark.parametrize("option, value", [
    ("-j", "0"), ("-j", "many"), ("-j", "-3"), ("-j", "1.5"), ("-m", "-1"), ("-m", "5 parsecs"), ("-m", "nan"),
    ("--connect-timeout", "1e400"), ("--idle-timeout", "99999999999999999999h"), ("--deadline", ""),
    ("--grace", "soon"), ("--max-body", "5Q"), ("--max-body", "-1"), ("--max-line", "99999999999G"),
    ("--expect", "2x"), ("--expect", ""), ("--expect", "200,,404")], ids=str)
def test_an_invalid_value_is_a_usage_error_that_names_the_option(fetch, server, ok, option, value):
    result = fetch(option, value, ok)
    names = {"-j": "-j|--jobs", "-m": "-m|--max-time"}.get(option, option)
    assert (result.status, result.stdout) == (2, b"")
    assert re.search(names, result.stderr)
    assert not server.requests


@pytest.mark.parametrize("value", ["250ms", "5s", "2m", "1h", "3", "0.5", "0"])
def test_durations_have_units_and_fractions_and_zero_means_no_limit(fetch, ok, value):
    options = [part for name in ("-m", "--idle-timeout", "--connect-timeout", "--grace") for part in (name, value)]
    assert fetch(*options, ok).status == 0


def test_the_last_of_a_repeated_option_wins(fetch, server):
    gone = server.url("/gone")
    assert fetch("--expect", "200", "--expect", "404", gone).status == 0
    assert fetch("--expect", "404", "--expect", "200", gone).status == 1


def test_jobs_given_twice_is_the_last_one(fetch, server):
    url = server.serve("/", lambda talk: talk.pause(0.01) or talk.reply(b"ok\n"))
    assert fetch("-j", "8", "-j", "1", *[url] * 8).status == 0
    assert server.peak == 1


def test_version_names_the_tool_and_the_libraries_it_stands_on(runnel):
    result = runnel("--version")
    assert result.status == 0
    for name in ("runnel", "libcurl", "libuv", "simdjson"):
        assert name in result.stdout.decode().lower()


def test_help_is_data_and_names_the_options(runnel):
    for arguments in (["--help"], ["fetch", "--help"]):
        result = runnel(*arguments)
        assert (result.status, result.stderr) == (0, "")
        assert b"fetch" in result.stdout
    assert b"--connect-timeout" in result.stdout


def test_help_that_cannot_be_printed_is_reported(shell):
    result = shell('"$runnel" --help > /dev/full')
    assert (result.status, result.stderr) == (74, "runnel: stdout: No space left on device\n")


def test_no_command_and_an_unknown_command_are_usage_errors(runnel):
    assert runnel().status == 2
    result = runnel("fetsch")
    assert result.status == 2 and "fetsch" in result.stderr


def test_global_options_come_before_or_after_the_command(runnel, ok):
    assert runnel("-v", "fetch", ok).stdout == b"good\n"
    assert runnel("fetch", "-v", ok).stdout == b"good\n"
    assert runnel("fetch", ok, "-v").stdout == b"good\n"


def test_verbose_ends_with_a_summary_and_quiet_says_nothing_about_success(fetch, ok):
    assert fetch("-v", ok).stderr
    assert fetch("-q", ok).stderr == ""


def test_quiet_still_reports_a_failure(fetch, server):
    gone = server.url("/gone")
    result = fetch("-q", gone)
    assert result.status == 1 and gone in result.stderr


def test_after_a_file_that_cannot_be_read_the_next_one_is_read(fetch, tmp_path, ok):
    urls = tmp_path / "urls"
    urls.write_text(f"{ok}\n")
    result = fetch("--json", "-i", str(tmp_path), "-i", str(urls))
    assert (result.record["input"], result.record["ok"]) == (ok, True)
    assert result.status == 1
    assert str(tmp_path) in result.stderr


def shown_besides_the_input(result):
    """The complete output of a run except the input itself."""
    return result.stderr + json.dumps([record | {"input": None} for record in result.records])


@pytest.mark.parametrize("url", ["http:///user:secret@host/", "http:////user:secret@host/", "http:/user:secret@host/",
                                 "http://user:secret@h:99999/", "http://user:secret@", "//user:secret@host/",
                                 "ftp://user:secret@host/", "user:secret@host/"])
def test_a_bad_input_shows_its_password_in_nothing_but_its_input(fetch, url):
    result = fetch("--json", input=f"{url}\n".encode())
    assert (result.record["input"], result.record["error"], result.status) == (url, "bad_input", 1)
    assert "secret" not in shown_besides_the_input(result)


@pytest.mark.parametrize("path, status", [("/ok", 0), ("/gone", 1)])
def test_a_password_in_a_url_is_sent_and_shown_in_nothing_but_the_input(fetch, server, ok, path, status):
    given = server.url(path).replace("//", "//user:secret@")
    result = fetch("--json", given)
    record = result.record
    assert (record["input"], result.status) == (given, status)
    assert record["url"] == record["url_effective"] == given.replace("user:secret", "***")
    assert "secret" not in shown_besides_the_input(result)
    assert server.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("target, status", [("http://user:secret@127.0.0.1:{port}/ok", 0),
                                            ("http://user:secret@127.0.0.1:{port}/gone", 1),
                                            ("http://user:secret@127.0.0.1:99999/", 1),
                                            ("http:///user:secret@127.0.0.1/", 1), ("ftp://user:secret@host/", 1)])
def test_a_password_in_a_location_is_not_shown(fetch, server, ok, target, status):
    result = fetch("--json", server.serve("/moved", redirect(target.format(port=server.port))))
    assert (len(result.records), result.status) == (1, status)
    assert "secret" not in shown_besides_the_input(result) + result.stdout.decode()


def test_of_lines_and_json_the_last_one_wins(fetch, ok):
    assert fetch("--lines", "--json", ok).record["ok"]
    assert fetch("--json", "--lines", ok).stdout == b"good\n"


@pytest.mark.parametrize("answer, options, error, code", [
    (lambda talk: talk.reply(TEXT * 2000), ["--max-body", "1k"], "too_large", 63),
    (compressed(BOMB), ["--max-body", "1M"], "too_large", 63),
    (redirect("/bad"), [], "redirect", 47),
    (compressed(b"this is not gzip at all"), [], "decode", 61),
    (lambda talk: talk.hang(), ["--deadline", duration(0.5)], "deadline", None),
], ids=["body over the limit", "unpacked body over the limit", "redirect loop", "corrupt gzip", "cancelled"])
def test_the_exit_code_is_what_curl_would_give_and_null_when_cancelled(fetch, server, answer, options, error, code):
    record = fetch("--json", *options, server.serve("/bad", answer)).record
    assert (record["error"], record["exitcode"]) == (error, code)
