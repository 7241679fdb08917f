"""A secret appears in the request, in `input`, and in what repeats an input for the next program; nowhere else."""

import base64
import json

import pytest

SECRET = "hush7pw"
SPELLINGS = [SECRET, base64.b64encode(f"ada:{SECRET}".encode()).decode(), SECRET[::-1]]

# Each way to give a secret: options, the user part of the URL, members of a line of JSON.
WAYS = {
    "the URL": ([], f"ada:{SECRET}@", {}),
    "-u": (["-u", f"ada:{SECRET}"], "", {}),
    "-H Authorization": (["-H", f"Authorization: Bearer {SECRET}"], "", {}),
    "-H of any name": (["-H", f"X-Key: {SECRET}"], "", {}),
    "-b": (["-b", f"session={SECRET}"], "", {}),
    "-d": (["-d", f"password={SECRET}", "-X", "POST", "--retry-non-idempotent"], "", {}),
    "-x": (["-x", f"http://ada:{SECRET}@127.0.0.1:{{proxy}}"], "", {}),
    "-x of SOCKS": (["-x", f"socks5h://ada:{SECRET}@127.0.0.1:{{proxy}}"], "", {}),
    "headers of a line": ([], "", {"headers": {"Authorization": SECRET, "X-Key": SECRET}}),
    "body of a line": ([], "", {"method": "PUT", "body": SECRET}),
}


@pytest.fixture
def paths(server):
    """Responses of all kinds: good, failing, redirecting, broken."""
    server.serve("/good", b"good\n")
    server.serve("/moved", lambda talk: talk.reply(status=302, headers={"Location": "/good"}))
    server.serve("/away", lambda talk: talk.reply(status=302, headers={"Location": f"http://ada:{SECRET}@127.0.0.1:1/"}))
    server.serve("/error", lambda talk: talk.reply(b"no\n", status=503))
    server.serve("/cut", lambda talk: talk.head({"Content-Length": 100}))
    server.serve("/garbage", lambda talk: talk.send(b"garbage\r\n\r\n"))
    return ["/good", "/moved", "/away", "/error", "/cut", "/garbage", "/missing"]


def line_of(url, members):
    return json.dumps({"url": url} | members) if members else url


def without_inputs(stdout):
    """The records without their `input`; any other text as it is."""
    kept = []
    for line in stdout.decode().splitlines():
        try:
            kept.append(json.dumps(json.loads(line) | {"input": None}))
        except (ValueError, TypeError):
            kept.append(line)
    return "\n".join(kept)


def shown(text):
    return [spelling for spelling in SPELLINGS if spelling in text]


def run_everywhere(fetch, tmp_path, options, lines, *more):
    """Runs with everything that can print or keep something; returns all of it but the inputs."""
    files = {name: tmp_path / name for name in ("stats", "log")}
    result = fetch("--json", "-v", "-v", "--retry", "1", "--retry-delay", "1ms", "--stats", str(files["stats"]),
                   "--log-file", str(files["log"]), *more, *options, input="\n".join(lines).encode(), timeout=60)
    assert len(result.records) == len(lines)
    kept = "".join(file.read_text() for file in files.values() if file.exists())
    return without_inputs(result.stdout) + result.stderr + kept


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_not_shown(fetch, server, paths, tmp_path, way):
    options, user, members = WAYS[way]
    options = [option.replace("{proxy}", str(server.port)) for option in options]
    lines = [line_of(server.url(path).replace("//", f"//{user}"), members) for path in paths]
    assert not shown(run_everywhere(fetch, tmp_path, options, lines))
    assert server.requests or way == "-x of SOCKS"


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_of_a_failed_connection_is_not_shown(fetch, tmp_path, way):
    options, user, members = WAYS[way]
    options = [option.replace("{proxy}", "1") for option in options]
    urls = [f"http://{user}127.0.0.1:1/", f"https://{user}127.0.0.1:1/", f"http://{user}nowhere.invalid/",
            f"http://{user}127.0.0.1:99999/", f"ftp://{user}127.0.0.1/", f"http://{user}exa mple/"]
    assert not shown(run_everywhere(fetch, tmp_path, options, [line_of(url, members) for url in urls]))


@pytest.mark.parametrize("way", WAYS)
def test_a_dry_run_shows_no_secret_of_a_credential(fetch, server, way):
    options, user, members = WAYS[way]
    if way in ("-d", "body of a line", "-H of any name", "headers of a line"):
        members = {"headers": {"Cookie": SECRET, "Proxy-Authorization": SECRET}} if members else members
        options = ["-H", f"Cookie: {SECRET}"] if options else options
    options = [option.replace("{proxy}", str(server.port)) for option in options]
    result = fetch("--dry-run", *options, line_of(server.url("/").replace("//", f"//{user}"), {}),
                   *([line_of(server.url("/"), members)] if members else []))
    assert not shown(result.stdout.decode() + result.stderr), result.stdout


@pytest.mark.parametrize("command", ["race", "check"])
@pytest.mark.parametrize("way", [way for way in WAYS if "line" not in way])
def test_the_other_commands_do_not_show_it_either(runnel, server, paths, tmp_path, command, way):
    options, user, _ = WAYS[way]
    options = [option.replace("{proxy}", str(server.port)) for option in options if option != "--retry-non-idempotent"]
    formats = ["json"] if command == "race" else ["text", "json", "nagios", "prometheus", "junit", "tap"]
    for wanted in formats:
        chosen = ["--json"] if command == "race" else ["--format", wanted]
        urls = [server.url(path).replace("//", f"//{user}") for path in paths[3:]]
        result = runnel(command, "-v", "-v", *chosen, *options, *urls, timeout=60)
        assert not shown(result.stdout.decode() + result.stderr), (wanted, result.stdout, result.stderr)


def test_a_secret_of_a_configuration_file_is_not_shown(fetch, server, paths, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(f'[fetch]\nuser = "ada:{SECRET}"\nheader = ["X-Key: {SECRET}"]\nmax-time = "{SECRET}"\n')
    result = fetch("--config", str(file), server.url("/good"))
    assert result.status == 2 and "max-time" in result.stderr
    file.write_text(f'[fetch]\nuser = "ada:{SECRET}"\nheader = ["X-Key: {SECRET}"]\n')
    assert not shown(run_everywhere(fetch, tmp_path, ["--config", str(file)], [server.url(path) for path in paths]))
