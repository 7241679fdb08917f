"""Options from a configuration file and from the environment: precedence, and errors."""

import re

import pytest


@pytest.fixture
def config(tmp_path):
    """Writes a configuration file; returns its name."""
    def write(text, name="settings.toml"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)
    return write


@pytest.fixture
def ok(server):
    return server.serve("/ok", b"good\n")


@pytest.fixture
def listed(server, tmp_path):
    """Writes a file with one URL; returns its name."""
    def write(name):
        path = tmp_path / name
        path.write_text(server.serve(f"/{name}", f"{name}\n".encode()) + "\n")
        return str(path)
    return write


def test_a_value_counts_from_the_line_then_the_environment_then_the_file(fetch, server, config):
    gone, file = server.url("/gone"), config('[fetch]\nexpect = "404"\n')
    assert fetch(gone).status == 1
    assert fetch("--config", file, gone).status == 0
    assert fetch("--config", file, gone, env={"RUNNEL_FETCH_EXPECT": "200"}).status == 1
    assert fetch("--config", file, "--expect", "any", gone, env={"RUNNEL_FETCH_EXPECT": "200"}).status == 0
    assert fetch("--expect", "200", gone, env={"RUNNEL_FETCH_EXPECT": "404"}).status == 1


def test_a_flag_counts_from_the_line_then_the_environment_then_the_file(fetch, config, ok):
    file, tagged = config("[fetch]\ntag = true\n"), f"{ok}\tgood\n".encode()
    assert fetch(ok).stdout == b"good\n"
    assert fetch("--config", file, ok).stdout == tagged
    assert fetch("--config", file, ok, env={"RUNNEL_FETCH_TAG": "no"}).stdout == b"good\n"
    assert fetch("--config", file, ok, env={"RUNNEL_FETCH_TAG": ""}).stdout == tagged
    assert fetch("--config", file, "--tag", ok, env={"RUNNEL_FETCH_TAG": "no"}).stdout == tagged
    assert fetch(ok, env={"RUNNEL_FETCH_TAG": "on"}).stdout == tagged


def test_a_list_is_replaced_and_not_made_longer(fetch, config, listed):
    file = config(f'[fetch]\ninput = ["{listed("one")}", "{listed("two")}"]\n')
    variable = {"RUNNEL_FETCH_INPUT": listed("three")}
    assert sorted(fetch("--config", file).lines) == [b"one\n", b"two\n"]
    assert fetch("--config", file, env=variable).lines == [b"three\n"]
    assert sorted(fetch("--config", file, "-i", listed("four"), "-i", listed("five"), env=variable).lines) == \
        [b"five\n", b"four\n"]


def test_headers_of_the_line_replace_those_of_the_file(fetch, server, config, ok):
    file = config('[fetch]\nheader = ["X-One: 1", "X-Two: 2"]\n')
    assert fetch("--config", file, ok).status == fetch("--config", file, "-H", "X-Three: 3", ok).status == 0
    sent = [{name for name in request.headers if name.startswith("x-")} for request in server.requests]
    assert sent == [{"x-one", "x-two"}, {"x-three"}]


@pytest.mark.parametrize("agent", ["--json", "-", "a=b", "[a,b]", ""])
def test_a_value_is_used_unchanged(fetch, server, config, ok, agent):
    assert fetch("--config", config(f"[fetch]\nuser-agent = '{agent}'\n"), ok).stdout == b"good\n"
    assert server.requests[0].headers.get("user-agent", "") == agent


@pytest.mark.parametrize("setting, status", [("no-location = true", 1), ("location = false", 1),
                                             ("no-location = false", 0), ("location = true", 0)])
def test_a_flag_can_be_set_by_its_opposite(fetch, server, config, ok, setting, status):
    url = server.serve("/moved", lambda talk: talk.reply(status=302, headers={"Location": ok}))
    assert fetch("--config", config(f"[fetch]\n{setting}\n"), url).status == status


def everywhere(config, name, value):
    """The ways to set an option of fetch: arguments and environment."""
    return [((f"--{name}", value), {}), ((), {f"RUNNEL_FETCH_{name.upper()}": value}),
            (("--config", config(f"[fetch]\n{name} = '{value}'\n")), {})]


def test_the_text_for_missing_values_can_be_set_everywhere(fetch, config, listed):
    for arguments, variables in everywhere(config, "missing", "n/a"):
        result = fetch("--show-header", "X-None", "-i", listed("one"), *arguments, env=variables)
        assert (result.status, result.stdout) == (0, b"n/a\n")


def test_the_file_of_what_is_left_can_be_set_everywhere(fetch, server, config, tmp_path):
    left, gone = tmp_path / "left", server.url("/gone")
    for arguments, variables in everywhere(config, "left", str(left)):
        assert fetch(*arguments, gone, env=variables).status == 1
        assert left.read_text() == gone + "\n"
        left.unlink()


@pytest.mark.parametrize("command", ["fetch", "batch"])
def test_every_option_can_be_set(runnel, command):
    options = re.findall(r"^  (-.+?)(?:  .*)?$", runnel(command, "--help").stdout.decode(), re.M)
    names = [re.search(r"--([\w.-]+)", option)[1] for option in options]
    settable = set(names) - {"config", "version", "help"}
    assert len(settable) == len(options) - 3 > 10
    variables = {f"RUNNEL_{command.upper()}_" + re.sub(r"\W", "_", name.upper()): "" for name in settable}
    result = runnel(command, input=b"", env=variables)
    assert (result.stderr, result.status) == ("", 0)


def test_the_output_format_follows_the_precedence(fetch, config, ok):
    json, lines = config("[fetch]\njson = true\n"), {"RUNNEL_FETCH_LINES": "1"}
    assert fetch("--config", json, ok).record["ok"]
    assert fetch("--config", json, ok, env=lines).stdout == b"good\n"
    assert fetch("--config", json, "--json", ok, env=lines).record["ok"]
    assert fetch("--config", json, "--lines", ok).stdout == b"good\n"
    assert fetch("--config", config("[fetch]\njson = true\nlines = true\n"), ok).stdout == b"good\n"


@pytest.mark.parametrize("setting", ["jobs = 1", 'jobs = "1"', "parallel_max = 1", "parallel-max = 1"])
def test_jobs_of_the_file_limit_the_requests_at_a_time(fetch, server, config, setting):
    url = server.serve("/", lambda talk: talk.pause(0.01) or talk.reply(b"ok\n"))
    assert fetch("--config", config(f"[fetch]\n{setting}\n"), *[url] * 8).status == 0
    assert server.peak == 1


def test_a_limit_of_the_environment_is_kept(fetch, server):
    url = server.serve("/", lambda talk: talk.hang())
    assert fetch("--json", url, env={"RUNNEL_FETCH_MAX_TIME": "300ms"}).record["error"] == "timeout"


def test_a_global_option_is_allowed_in_the_table_of_the_command(fetch, config, ok):
    assert fetch(ok).stderr == ""
    assert fetch("--config", config("[fetch]\nverbose = true\n"), ok).stderr
    assert fetch(ok, env={"RUNNEL_FETCH_VERBOSE": "1"}).stderr


def test_config_is_allowed_before_and_after_the_command_and_the_last_one_counts(runnel, config, ok):
    json, lines = config("[fetch]\njson = true\n", "json"), config("[fetch]\nlines = true\n", "lines")
    assert runnel("--config", json, "fetch", ok).record["ok"]
    assert runnel("fetch", ok, "--config", json).record["ok"]
    assert runnel("--config", lines, "fetch", "--config", json, ok).record["ok"]
    assert runnel("--config", json, "fetch", ok, f"--config={lines}").stdout == b"good\n"


def test_a_configuration_may_come_from_a_pipe(shell, ok):
    result = shell('"$runnel" fetch --config <(printf "[fetch]\\ntag = true\\n") "$url"', url=ok)
    assert (result.stdout, result.status) == (f"{ok}\tgood\n".encode(), 0)


def test_a_configuration_may_come_from_stdin(fetch, ok):
    assert fetch("--config", "-", ok, input=b"[fetch]\ntag = true\n").stdout == f"{ok}\tgood\n".encode()


def test_an_empty_configuration_changes_nothing(fetch, config, ok):
    for text in ("", "# nothing\n", "[fetch]\n", "[fetch]\ninput = []\ntag = false\n"):
        result = fetch("--config", config(text), ok)
        assert (result.stdout, result.stderr, result.status) == (b"good\n", "", 0)


def test_no_file_is_read_unless_it_is_named(runnel, config, tmp_path, ok):
    (tmp_path / ".config" / "runnel").mkdir(parents=True)
    names = ["runnel.toml", "settings.toml", ".runnelrc", ".config/runnel/config.toml", ".config/runnel.toml"]
    files = [config("nonsense", name) for name in names]
    result = runnel("fetch", ok, env={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config"),
                                      "RUNNEL_CONFIG": files[0]})
    assert (result.stdout, result.stderr, result.status) == (b"good\n", "", 0)


def test_variables_without_the_name_of_a_command_are_ignored(fetch, ok):
    others = {"RUNNEL_DEBUG": "x", "RUNNEL_JOBS": "x", "RUNNEL_FETCH": "x", "RUNNEL_JOB_ID": "x", "runnel_fetch_jobs": "x"}
    result = fetch(ok, env=others)
    assert (result.stdout, result.stderr, result.status) == (b"good\n", "", 0)


@pytest.mark.parametrize("text, why", [
    ('\n[fetch]\njobs = "abc"\n', ':3:8: [fetch] jobs: "abc" is neither a whole number above zero nor auto'),
    ("[fetch]\nmax-time = -1\n", ":2:12: [fetch] max-time: "),
    ("[fetch]\nmax-time = inf\n", ":2:12: [fetch] max-time: "),
    ("[fetch]\njbos = 1\n", ":2:8: [fetch] jbos: there is no such option"),
    ("[fetch]\nURL = 'http://127.0.0.1/'\n", ":2:7: [fetch] URL: there is no such option"),
    ("[fetsch]\n", ":1:1: [fetsch]: there is no such command"),
    ("jobs = 1\n", ":1:8: jobs: only the tables of commands may stand here"),
    ("[[fetch]]\njobs = 1\n", ":1:1: fetch: only the tables of commands may stand here"),
    ("[fetch.jobs]\nx = 1\n", ":1:1: [fetch] jobs: expected a string or a number"),
    ("[fetch]\njobs = true\n", ":2:8: [fetch] jobs: takes a value"),
    ("[fetch]\njobs = [1, 2]\n", ":2:8: [fetch] jobs: takes one value"),
    ('[fetch]\ntag = "true"\n', ":2:7: [fetch] tag: takes no value"),
    ("[fetch]\njobs = 1\nparallel-max = 2\n", ":3:16: [fetch] parallel-max: --jobs is set already"),
    ("[fetch]\nconfig = 'x'\n", ":2:10: [fetch] config: --config may stand on the command line only"),
    ("[fetch]\nhelp = true\n", ":2:8: [fetch] help: --help may stand on the command line only"),
    ("[fetch]\nversion = true\n", ":2:11: [fetch] version: --version may stand on the command line only"),
    ("[fetch]\njobs = \n", ":2:8: "),
    ("[fetch\njobs = 1\n", ":1:7: "),
    (b"[fetch]\nexpect = '\xff'\n", "utf-8"),
], ids=lambda value: value if isinstance(value, str) and value.startswith(":") else "")
def test_a_mistake_in_the_file_is_a_usage_error_with_its_place(fetch, server, config, ok, text, why):
    file = config(text)
    result = fetch("--config", file, ok)
    assert (result.status, result.stdout) == (2, b"")
    assert (f"runnel: {file}{why}" if why.startswith(":") else why) in result.stderr
    assert not server.requests


@pytest.mark.parametrize("variable, value, why", [
    ("RUNNEL_FETCH_JOBS", "abc", '"abc" is neither a whole number above zero nor auto'),
    ("RUNNEL_FETCH_JBOS", "1", "there is no such option"),
    ("RUNNEL_FETCH_JBOS", "", "there is no such option"),
    ("RUNNEL_FETCH_URL", "http://127.0.0.1/", "there is no such option"),
    ("RUNNEL_FETCH_TAG", "maybe", '"maybe" is neither true nor false'),
    ("RUNNEL_FETCH_CONFIG", "x", "--config may stand on the command line only"),
])
def test_a_mistake_in_the_environment_is_a_usage_error_that_names_the_variable(fetch, server, ok, variable, value, why):
    result = fetch(ok, env={variable: value})
    assert (result.status, result.stdout) == (2, b"")
    assert f"runnel: {variable}: {why}\n" in result.stderr
    assert not server.requests


@pytest.mark.parametrize("name, why", [("/nowhere/settings.toml", "No such file or directory"),
                                       ("/", "Is a directory"), ("/proc/self/mem", "Input/output error")])
def test_a_file_that_cannot_be_read_is_a_usage_error_that_says_why(fetch, server, ok, name, why):
    result = fetch("--config", name, ok)
    assert (result.status, result.stdout) == (2, b"")
    assert f"runnel: cannot read {name}: {why}\n" in result.stderr
    assert not server.requests


def test_a_mistake_is_an_error_even_if_the_command_line_overrides_it(fetch, server, config, ok):
    result = fetch("--config", config("[fetch]\njobs = 0\n"), "--jobs", "3", ok)
    assert result.status == 2 and "[fetch] jobs" in result.stderr
    assert not server.requests


def test_one_file_serves_several_commands_and_all_of_it_is_checked(fetch, mock, runnel, config, ok):
    good = config('[fetch]\ntag = true\n[mock]\ndemo = true\n', "good")
    assert fetch("--config", good, ok).stdout == f"{ok}\tgood\n".encode()
    assert fetch("--expect", "any", mock("--config", good).url).status == 0
    for command, table in (("fetch", "mock"), ("mock", "fetch")):
        result = runnel(command, "--config", config(f"[{table}]\njbos = 1\n"))
        assert result.status == 2 and f":2:8: [{table}] jbos: there is no such option" in result.stderr


def test_help_is_printed_whatever_the_configuration_is(fetch):
    result = fetch("--help", "--config", "/nowhere", env={"RUNNEL_FETCH_JBOS": "1"})
    assert (result.status, result.stderr) == (0, "")
    assert b"--config" in result.stdout
