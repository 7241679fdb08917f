"""The formats of `runnel check` as their readers parse them, and the file of `-O`."""

import fcntl
import functools
import json
import re
import shlex
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree

from pathlib import Path

import pytest

from support import tool
from support.faults import Refusing

FORMATS = ("text", "json", "nagios", "docker", "prometheus", "junit", "tap")


@pytest.fixture
def check(runnel):
    return functools.partial(runnel, "check")


@pytest.fixture
def targets(server):
    """One target that is up, one that is slow, and one that is down; their names need escaping."""
    refusing = Refusing()
    yield [f"good 'one' |;\"\\={server.serve('/', b'fine')}", f"tcp=tcp://127.0.0.1:{server.port}",
           f"bäd <&>=http://127.0.0.1:{refusing.port}/"]
    refusing.close()


# Nagios

NUMBER = r"-?\d+(?:\.\d+)?"
RANGE = rf"@?(?:(?:~|{NUMBER})?:)?(?:{NUMBER})?"
LABEL = r"'(?:[^'=]|'')+'|[^'= ]+"
DATUM = rf"(?:{LABEL})=(?:U|{NUMBER}(?:us|ms|s|%|B|KB|MB|TB|c)?)(?:;(?:{RANGE}))?(?:;(?:{RANGE}))?(?:;(?:{NUMBER})?)?(?:;(?:{NUMBER})?)?"
FIRST_LINE = re.compile(rf"(?P<service>[A-Z]+) (?P<state>OK|WARNING|CRITICAL|UNKNOWN) - (?P<text>[^|]+) \| (?P<data>{DATUM}(?: {DATUM})*)")
STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]


def nagios(result):
    """The state, text, performance data and further lines of a plugin's output, which must follow the guidelines."""
    first, *more = result.stdout.decode().splitlines()
    parts = FIRST_LINE.fullmatch(first)
    assert parts, first
    assert STATES[result.status] == parts["state"]
    assert all("|" not in line for line in more)
    return parts["state"], parts["text"], re.findall(DATUM, parts["data"]), more


def test_a_monitoring_system_understands_each_state(check, server, targets):
    good = server.url("/")
    hang = server.serve("/hang", lambda talk: talk.hang())
    assert nagios(check("--format", "nagios", good))[:2] == ("OK", "1 of 1 up")
    assert nagios(check("--format", "nagios", "--warn-time", "0.001ms", good))[0] == "WARNING"
    assert nagios(check("--format", "nagios", *targets))[0] == "CRITICAL"
    assert nagios(check("--format", "nagios", "-m", "100ms", hang))[0] == "CRITICAL"
    assert nagios(check("--format", "nagios", "-m", "0", "--deadline", "200ms", hang))[0] == "UNKNOWN"


def test_performance_data_has_units_and_limits(check, server, targets):
    _, text, data, more = nagios(check("--format", "nagios", "--warn-time", "0.001ms", "--crit-time", "9.5", *targets))
    assert text == "2 of 3 up, down: bäd <&>, warning: good 'one' /;\"\\, tcp"
    assert len(data) == 3
    assert re.fullmatch(rf"'good ''one'' /;\"\\ time'={NUMBER}s;0\.000001;9\.500000;0", data[0]), data[0]
    assert len(more) == 3


def test_a_check_that_cannot_begin_is_unknown_in_nagios(check):
    for arguments in (["--format", "nagios"], ["--format=nagios", "--nonsense"], ["--format", "nagios", "nonsense"]):
        assert check(*arguments).status == 3
        assert check(*[word.replace("nagios", "docker") for word in arguments]).status == 1
        assert check(*[word.replace("nagios", "text") for word in arguments]).status == 2


ENDINGS = ("no target", "unknown option", "bad value", "bad target", "twice", "no file", "damaged state", "unwritable",
           "log file", "lock", "state lock", "no command")


def endings(server, tmp_path):
    """What ends a check before it begins, or makes its results unreliable: options, and what the first line says."""
    url = server.serve("/", b"fine")
    damaged = tmp_path / "damaged"
    damaged.write_text("{}")
    return {
        "no target": ([], "name at least one target"),
        "unknown option": (["--nonsense", url], "--nonsense"),
        "bad value": (["--json-value", "/a ==", url], "--json-value: "),
        "bad target": (["nonsense"], "nonsense"),
        "twice": ([f"a={url}", f"a={url}"], "a is there twice"),
        "no file": (["-i", str(tmp_path / "none"), url], "--input: cannot read "),
        "damaged state": (["--state", str(damaged), url], "--state: "),
        "unwritable": (["-o", str(tmp_path / "none" / "x"), url], "--output: cannot write "),
        "log file": (["--log-file", str(tmp_path / "none" / "log"), url], "--log-file: cannot write "),
        "lock": (["--lock", str(tmp_path / "lock"), url], "--lock: another run holds "),
        "state lock": (["--state", str(tmp_path / "state"), url], "--state: another run holds "),
        "no command": ([url, "--", "no-such-command"], "cannot run no-such-command"),
    }


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("loud", [[], ["-q"], ["-v"]])
def test_stdout_always_has_a_line_which_comes_first(shell, server, tmp_path, name, loud):
    """Some systems read stderr as well, in the order of the writes."""
    arguments, why = endings(server, tmp_path)[name]
    with open(tmp_path / "lock", "w", encoding="ascii") as lock, open(tmp_path / "state.lock", "w", encoding="ascii") as held:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fcntl.flock(held, fcntl.LOCK_EX)
        command = shlex.join([*loud, "--format", "nagios", *arguments])
        result, merged = shell(f'"$runnel" check {command}'), shell(f'"$runnel" check {command} 2>&1')
    first, *more = result.stdout.decode().splitlines()
    assert (result.status, more) == (3, [])
    assert first.startswith("CHECK UNKNOWN - ") and why in first
    assert merged.stdout.decode().splitlines()[0].partition(" | ")[0] == first.partition(" | ")[0]
    assert why in result.stderr


def test_a_signal_before_the_check_leaves_a_line(server):
    session = tool.Session([tool.binary(), "check", "-v", "--format", "nagios", "--splay", "1000h", server.serve("/", b"fine")])
    while not is_asleep(session.pid):
        time.sleep(0.01)
    session.signal(signal.SIGTERM)
    result = session.ends_within(10)
    assert (result.status, result.stdout) == (3, b"CHECK UNKNOWN - a signal ended the run before the check\n")
    session.close()


def is_asleep(pid):
    """Whether the process watches SIGTERM by itself, as it does when it waits for the splay."""
    caught = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE)
    return bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_messages_follow_the_report(shell, server, targets):
    hang = server.serve("/hang", lambda talk: talk.hang())
    merged = shell(f'"$runnel" check -v --format nagios -m 0 --deadline 200ms {hang} 2>&1')
    first, *more = merged.stdout.decode().splitlines()
    assert first.startswith("CHECK UNKNOWN - 0 of 1 up, ")
    assert any("the deadline passed" in line for line in more)
    quiet = shell(f'"$runnel" check -q --format nagios {server.serve("/", b"fine")} 2>&1')
    assert quiet.stdout.startswith(b"CHECK OK - ") and quiet.stdout.count(b"\n") == 1


def test_stdout_belongs_to_the_command(shell, server):
    url = server.serve("/", b"fine")
    result = shell(f'"$runnel" check -v --format nagios {url} -- echo here 2>&1')
    *lines, last = result.stdout.decode().splitlines()
    assert (result.status, last) == (0, "here") and not any(line.startswith("CHECK ") for line in lines)
    assert any("1 of 1 targets are up" in line for line in lines)


def test_an_interrupted_check_is_not_ok(server):
    """The text agrees with the status, also of the second signal."""
    hang = server.serve("/hang", lambda talk: talk.hang())
    for grace, signals in ([], 1), (["--grace", "1000h"], 2):
        session = tool.Session([tool.binary(), "check", "--format", "nagios", "-m", "0", "--deadline", "0", *grace, hang])
        while not server.requests:
            time.sleep(0.01)
        for _ in range(signals):
            session.signal(signal.SIGTERM)
            time.sleep(0.1)
        result = session.ends_within(10)
        assert result.status == 3
        assert result.stdout.startswith(b"CHECK UNKNOWN - ") and result.stdout.count(b"\n") == 1
        server.requests.clear()
        session.close()


def test_damped_failures_are_shown(check, server, tmp_path):
    status = {"now": 200}
    url = server.serve("/switch", lambda talk: talk.reply(b"", status["now"]))
    good = server.serve("/", b"fine")

    def run(form, *targets):
        return check("--format", form, "--fall", "3", "--rise", "3", "--state", str(tmp_path / form), *targets)
    for form, targets in (("nagios", [f"s={url}"]), ("tap", [f"s={url}", f"good={good}"])):
        status["now"] = 200
        assert run(form, *targets).status == 0
        status["now"] = 500
        damped = run(form, *targets)
        assert damped.status == 0
        assert b"http_status: status 500 (down 1 of 3 times, counts as up)" in damped.stdout
    assert nagios(run("nagios", f"s={url}"))[1] == "1 of 1 up, s: http_status: status 500 (down 2 of 3 times, counts as up)"
    assert nagios(run("nagios", f"s={url}"))[0] == "CRITICAL"
    status["now"] = 200
    state, text, _, _ = nagios(run("nagios", f"s={url}"))
    assert state == "CRITICAL" and re.fullmatch(r"0 of 1 up, s: 200 in \S+ s \(up 1 of 3 times, counts as down\)", text)


# Docker


def test_docker_gets_zero_or_one(check, server, targets):
    assert check("--format", "docker", server.url("/")).status == 0
    result = check("--format", "docker", *targets)
    assert result.status == 1
    assert result.stdout.startswith("down  bäd <&>".encode())
    hang = server.serve("/hang", lambda talk: talk.hang())
    assert check("--format", "docker", "--deadline", "100ms", hang).status == 1
    many = [f"n{i}={server.url('/')}" for i in range(100)]
    assert len(check("--format", "docker", *many).stdout) == 4096


# Prometheus

METRIC = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({METRIC})\{{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\}} (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)')


def prometheus(text):
    """The samples of the text format, parsed strictly: a metric begins with its help and type, and occurs once."""
    assert text.endswith("\n")
    samples, known, current = {}, set(), None
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("#"):
            current = re.fullmatch(rf"# HELP ({METRIC}) \S.*", line)[1]
            assert next(lines) == f"# TYPE {current} gauge"
            assert current not in known
            known.add(current)
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        assert name == current
        assert (name, labels) not in samples
        samples[name, labels] = float(value)
    return samples


def test_prometheus_understands_it(check, targets):
    result = check("--format", "prometheus", *targets)
    samples = prometheus(result.stdout.decode())
    up = {labels: value for (name, labels), value in samples.items() if name == "probe_success"}
    assert sorted(up.values()) == [0, 1, 1]
    assert any(labels.startswith('name="good \'one\' |;\\"\\\\"') for labels in up)
    answered = {labels: value for (name, labels), value in samples.items() if name == "probe_http_status_code"}
    assert sorted(answered.values()) == [0, 200]
    phases = {re.search('phase="(.*?)"', labels)[1] for name, labels in samples if name == "probe_http_duration_seconds"}
    assert phases == {"resolve", "connect", "processing", "transfer"}


def test_promtool_accepts_it(check, targets, program):
    result = check("--format", "prometheus", "--cert-days", "14,7", *targets)
    checked = subprocess.run([program("promtool"), "check", "metrics"], input=result.stdout, capture_output=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_the_file_is_whole_whenever_it_is_read(check, server, tmp_path):
    file, url, done, seen = tmp_path / "check.prom", server.serve("/", b"fine"), threading.Event(), []
    assert check("--format", "prometheus", "-O", str(file), url).status == 0
    assert file.stat().st_mode & 0o777 == 0o644

    def read():
        while not done.is_set():
            seen.append(file.read_bytes().decode())
    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(10):
            result = check("--format", "prometheus", "-O", str(file), url)
            assert (result.status, result.stdout) == (0, b"")
    finally:
        done.set()
        reader.join()
    assert len(set(seen)) > 1
    for text in set(seen):
        assert len(prometheus(text)) == len(prometheus(seen[0]))
    assert [path.name for path in tmp_path.iterdir()] == ["check.prom"]


def test_a_file_that_cannot_be_written_is_reported_before_anything_starts(check, server, tmp_path):
    url = server.serve("/", b"fine")
    result = check("-O", str(tmp_path / "none" / "x"), url)
    assert result.status == 74
    assert "--output: cannot write" in result.stderr
    assert not server.requests


# JUnit


def junit(text):
    """The cases of a report, which must follow the schema of Jenkins for the elements that runnel writes."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    cases = []
    for suite in root:
        assert suite.tag == "testsuite"
        assert {"name", "tests", "failures", "errors"} <= set(suite.attrib)
        assert set(suite.attrib) <= {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}
        assert int(suite.get("tests")) == len(suite)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        float(suite.get("time"))
        for case in suite:
            assert case.tag == "testcase"
            assert set(case.attrib) == {"name", "classname", "time"}
            float(case.get("time"))
            assert all(child.tag in ("failure", "system-out") for child in case)
            assert all(set(child.attrib) == {"type", "message"} for child in case.findall("failure"))
            cases.append(case)
    return cases


def test_junit_follows_its_schema(check, targets):
    good, tcp, bad = junit(check("--format", "junit", *targets).stdout)
    assert (tcp.get("name"), tcp.find("failure")) == ("tcp", None)
    assert bad.get("name") == "bäd <&>"
    assert bad.find("failure").get("type") == "connect"
    assert "FAIL  expect 2xx: nothing" in bad.find("failure").text
    assert "ok    expect 2xx: 200" in good.find("system-out").text


# TAP


def test_tap_passes_prove(check, server, targets, tmp_path):
    (tmp_path / "good.t").write_bytes(check("--format", "tap", *targets[:2]).stdout)
    (tmp_path / "bad.t").write_bytes(check("--format", "tap", "--warn-time", "0.001ms", *targets).stdout)
    prove = ["prove", "--exec", "cat", "--verbose"]
    good = subprocess.run([*prove, str(tmp_path / "good.t")], capture_output=True, text=True)
    assert (good.returncode, "Tests=2" in good.stdout) == (0, True), good.stdout + good.stderr
    bad = subprocess.run([*prove, str(tmp_path / "bad.t")], capture_output=True, text=True, errors="replace")
    assert bad.returncode != 0
    assert "Failed 1/3 subtests" in bad.stdout
    assert "Parse errors" not in bad.stdout + bad.stderr


# All of them


@pytest.mark.parametrize("form", FORMATS)
def test_text_from_a_server_is_escaped(check, server, form):
    evil = b"\x1b[2J\x9b\xc2\x9b\xff\r\nok 9 - fine | 'x'=1 ]]> \xe2\x80\xae"
    server.serve("/", evil)
    result = check("--format", form, "--body-re", "(?s)nowhere", "--no-body-re", "(?s).+", server.url("/"))
    text = result.stdout.decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "\nok 9" not in text


@pytest.mark.parametrize("form", FORMATS)
def test_a_closed_stdout_is_reported(check, server, form, shell):
    url = server.serve("/", b"fine")
    status = {"nagios": 3, "docker": 1}.get(form, 74)
    assert shell(f'"$runnel" check --format {form} {url} > /dev/full').status == status
    closed = shell(f'"$runnel" check {url} >&-', RUNNEL_CHECK_FORMAT=form)
    assert (closed.status, closed.stderr) == (status, "runnel: stdout is closed: there is nowhere to print to\n")


@pytest.mark.parametrize("form", FORMATS)
def test_a_check_that_cannot_begin_is_reported_wherever_the_format_is_set(check, tmp_path, form):
    status = {"nagios": 3, "docker": 1}.get(form, 2)
    config = tmp_path / "runnel.toml"
    config.write_text(f'[check]\nformat = "{form}"\n')
    assert check("--format", form, "--none").status == status
    assert check("--none", env={"RUNNEL_CHECK_FORMAT": form}).status == status
    assert check("--config", str(config), "--none").status == status
    assert check("--config", str(config), env={"RUNNEL_CHECK_RETRY": "x"}).status == status
    unwritable = check("--format", form, "--log-file", str(tmp_path / "none" / "log"), "http://h/")
    assert unwritable.status == {"nagios": 3, "docker": 1}.get(form, 74)
    assert bool(unwritable.stdout) == (form == "nagios")


def test_a_dash_is_stdout(shell, server, tmp_path):
    result = shell(f'cd {tmp_path} && "$runnel" check -O - {server.serve("/", b"fine")}')
    assert result.stdout.startswith(b"up    ") and not list(tmp_path.iterdir())


def test_a_file_that_is_replaced_keeps_its_permissions(check, server, tmp_path):
    """For example, a textfile collector's file, which another user reads."""
    file = tmp_path / "probe.prom"
    file.write_text("")
    file.chmod(0o640)
    assert check("--format", "prometheus", "-O", str(file), server.serve("/", b"fine")).status == 0
    assert file.stat().st_mode & 0o777 == 0o640 and file.read_text()


def test_a_target_given_twice_is_checked_once_unless_labels_must_differ(check, server):
    url = server.serve("/", b"fine")
    other = server.serve("/other", b"fine")
    for form in FORMATS:
        server.requests.clear()
        result = check("--format", form, "-i", "-", input=f"a={url}\nb={url}\n\na={url}\n{url}\n{url}\n".encode())
        if form in ("nagios", "prometheus"):
            assert result.status == (3 if form == "nagios" else 2)
            assert "a is there twice (-:1, -:4)" in result.stderr
        else:
            assert (result.status, len(server.requests)) == (0, 3)
        differs = check("--format", form, f"a={url}", f"a={other}")
        assert differs.status == {"nagios": 3, "docker": 1}.get(form, 2)
        assert "two targets are named a (target 1 of the command line, target 2 of the command line)" in differs.stderr


def test_json_has_the_keys_of_the_contract(check, server):
    (one,) = map(json.loads, check("--format", "json", server.serve("/", b"fine")).stdout.splitlines())
    assert list(one) == [
        "type", "name", "url", "state", "changed", "error", "errormsg", "response_code", "remote_ip",
        "time_namelookup", "time_connect", "time_appconnect", "time_pretransfer", "time_starttransfer",
        "time_redirect", "time_total", "cert_days", "attempts", "assertions"]
    assert one["changed"] is None
