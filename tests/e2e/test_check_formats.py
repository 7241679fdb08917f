"""The formats of `runnel check` as their readers parse them, and the file of `-O`."""

import functools
import json
import re
import subprocess
import threading
import xml.etree.ElementTree as ElementTree

import pytest

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
    assert text == "2 of 3 up"
    assert len(data) == 3
    assert re.fullmatch(rf"'good ''one'' /;\"\\ time'={NUMBER}s;0\.000001;9\.500000;0", data[0]), data[0]
    assert len(more) == 3


def test_a_check_that_cannot_begin_is_unknown_in_nagios(check):
    for arguments in (["--format", "nagios"], ["--format=nagios", "--nonsense"], ["--format", "nagios", "nonsense"]):
        assert check(*arguments).status == 3
        assert check(*[word.replace("nagios", "docker") for word in arguments]).status == 1
        assert check(*[word.replace("nagios", "text") for word in arguments]).status == 2


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
    assert (unwritable.status, unwritable.stdout) == ({"nagios": 3, "docker": 1}.get(form, 74), b"")


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


def test_json_has_the_keys_of_the_contract(check, server):
    (one,) = map(json.loads, check("--format", "json", server.serve("/", b"fine")).stdout.splitlines())
    assert list(one) == [
        "type", "name", "url", "state", "changed", "error", "errormsg", "response_code", "remote_ip",
        "time_namelookup", "time_connect", "time_appconnect", "time_pretransfer", "time_starttransfer",
        "time_redirect", "time_total", "cert_days", "attempts", "assertions"]
    assert one["changed"] is None
