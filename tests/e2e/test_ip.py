"""`runnel ip`: the public address, from services that a file of routes simulates."""

import functools
import json
import os
import re

import pytest

from support import tool
from support.pace import duration
from support.proxies import HttpProxy

NAMES = ["amazon", "icanhazip", "identme", "ifconfig", "ipify", "myexternalip"]


@pytest.fixture
def ip(runnel):
    return functools.partial(runnel, "ip")


@pytest.fixture
def routes(tmp_path):
    """Writes routes; returns the options that use them."""
    def write(*answers):
        file = tmp_path / "routes.json"
        file.write_text(json.dumps(list(answers)), encoding="utf-8")
        return ["--mock", str(file)]
    return write


@pytest.fixture
def providers(tmp_path):
    """Writes a list of providers; returns the options that use it."""
    def write(*lines):
        file = tmp_path / "providers"
        file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
                        encoding="utf-8")
        return ["--providers", str(file)]
    return write


def service(name, **more):
    return {"name": name, "url": f"https://{name}.example/"} | more


def answer(name, body, **more):
    return {"path": "/", "host": f"{name}.example", "body": body} | more


BUILTIN = [{"path": "/", "host": "api64.ipify.org", "json": {"ip": "8.8.8.8"}},
           {"path": "/json", "host": "ifconfig.co", "json": {"ip": "8.8.8.8"}},
           {"path": "/raw", "body": "8.8.8.8"}, {"path": "/", "body": "8.8.8.8\n"}]


def test_the_address_is_printed(ip, routes):
    result = ip(*routes(*BUILTIN))
    assert (result.status, result.stdout, result.stderr) == (0, b"8.8.8.8\n", "")


def test_all_built_in_services_are_understood(ip, routes):
    result = ip("--all", "--deadline", "60s", *routes(*BUILTIN))
    assert sorted(result.lines) == [f"{name}\t8.8.8.8\n".encode() for name in NAMES]


def test_each_service_has_its_own_attribute(ip, routes, providers):
    """One refuses, one lacks the attribute, one is good."""
    listed = providers(service("borken"), service("strange", format="json", pointer="/query"),
                       service("good", format="json", pointer="/address/ip"))
    given = routes({"path": "/", "host": "borken.example", "fault": "empty"}, answer("strange", '{"ip":"8.8.4.4"}'),
                   answer("good", '{"address":{"ip":"8.8.8.8"}}', delay="300ms"))
    result = ip("-v", "--stagger", "0", *listed, *given)
    assert (result.status, result.stdout) == (0, b"8.8.8.8\n")
    assert "borken is unresponsive: " in result.stderr
    assert 'strange gave no answer: extract: no value at "/query"' in result.stderr
    assert re.search(r"good finished with result: 8\.8\.8\.8, took: \d+\.\d\d s\n", result.stderr)


def test_a_deadline_that_is_too_short_falls_back(ip, routes):
    given = routes(*[route | {"delay": duration(0.5)} for route in BUILTIN])
    late = ip("--deadline", "0.01", "--fallback", "not available", "--json", *given)
    assert late.status == 0
    said = json.loads(late.stdout)
    assert (said["ip"], said["value"], said["source"], said["ok"]) == ("not available", "not available", "fallback", False)
    assert said["message"] == "the deadline passed before 6 of 6 sources had answered"
    in_time = ip("--deadline", duration(5), "--fallback", "not available", "--json", *given)
    said = json.loads(in_time.stdout)
    assert (in_time.status, said["ip"], said["ok"]) == (0, "8.8.8.8", True)
    assert said["message"] == f"result from {said['source']}"


def test_json_without_an_answer_has_nulls(ip, routes):
    result = ip("--json", *routes(answer("nowhere", "")))
    said = json.loads(result.stdout)
    assert (result.status, said["ip"], said["value"], said["source"]) == (3, None, None, None)
    assert said["message"] == "none of 6 sources gave an answer"


@pytest.mark.parametrize("body", ["10.1.2.3", "127.0.0.1", "100.64.0.1", "0x7f.1", "<html>8.8.8.8</html>", "fe80::1",
                                  "::ffff:8.8.8.8", "8.8.8.8:80", ""])
def test_only_a_public_address_is_an_answer(ip, routes, providers, body):
    result = ip(*providers(service("a")), *routes(answer("a", body)))
    assert (result.status, result.stdout) == (3, b"")


def test_a_private_address_may_be_allowed(ip, routes, providers):
    options = [*providers(service("a")), *routes(answer("a", "10.1.2.3"))]
    assert ip("--allow-private", *options).stdout == b"10.1.2.3\n"
    assert ip("--valid", "ip", *options).stdout == b"10.1.2.3\n"


@pytest.mark.parametrize("option, printed", [("-4", b"8.8.8.8\n"), ("-6", b"2a00::1\n")])
def test_only_the_family_that_is_asked_for_counts(ip, routes, providers, option, printed):
    listed = providers(service("four"), service("six"))
    given = routes(answer("four", "8.8.8.8"), answer("six", "2A00:0::1"))
    result = ip(option, "--stagger", "0", *listed, *given)
    assert (result.status, result.stdout) == (0, printed)
    other = providers(service("six" if option == "-4" else "four"))
    assert ip(option, *other, *given).status == 3


def test_services_of_the_other_family_are_not_asked(ip, providers):
    listed = providers(service("any"), service("four", family="ipv4"), service("six", family="ipv6"))
    names = lambda *options: [json.loads(line)["name"] for line in ip("--list-providers", *options, *listed).lines]
    assert names() == ["any", "four", "six"]
    assert names("-4") == ["any", "four"]
    assert names("-6") == ["any", "six"]
    assert ip("-6", *providers(service("four", family="ipv4"))).status == 2


def test_the_list_can_be_shown_and_fed_back_in(ip, runnel):
    shown = ip("--list-providers")
    assert shown.status == 0
    listed = [json.loads(line) for line in shown.lines]
    assert sorted(provider["name"] for provider in listed) == NAMES
    assert all(list(provider) == ["name", "url", "format", "pointer", "family"] for provider in listed)
    assert all(provider["url"].startswith("https://") for provider in listed)
    again = runnel("ip", "--providers", "-", "--list-providers", input=shown.stdout)
    assert again.stdout == shown.stdout
    array = b"\xef\xbb\xbf[" + b",\n".join(shown.lines) + b"]"
    assert runnel("ip", "--providers", "-", "--list-providers", input=array).stdout == shown.stdout


def test_the_list_has_comments_and_mistakes_have_a_place(ip, providers, routes):
    assert ip(*providers("# ours", "", service("a")), *routes(answer("a", "8.8.8.8"))).stdout == b"8.8.8.8\n"
    for line, word in (('{"name":"a","url":"http://a/"}', "must be an https URL"), ('{"name":"a"}', '"url"'), ("{,}", "JSON"),
                       ('{"name":"a","url":"https://a/","attr":"/ip"}', "attr")):
        result = ip(*providers("# ours", line))
        assert (result.status, result.stdout) == (2, b"")
        assert "providers:2:" in result.stderr and word in result.stderr
    assert ip("--providers", "nowhere").status == 2


def test_the_order_is_not_always_the_same(ip, routes):
    given = routes(*BUILTIN)
    first = {json.loads(ip("--json", "--stagger", "60s", *given).stdout)["source"] for _ in range(20)}
    assert len(first) > 1


def test_one_after_another_is_asked(ip, routes):
    """One is requested at once, and answers long before the next one's turn."""
    said = json.loads(ip("--json", "--stagger", "60s", *routes(*BUILTIN)).stdout)
    assert sorted(attempt["state"] for attempt in said["attempts"]) == ["pending"] * 5 + ["won"]


def test_a_quorum_is_asked_for(ip, routes, providers):
    listed = providers(service("a"), service("b"), service("liar"))
    given = routes(answer("liar", "8.8.4.4"), answer("a", "2a00::1", delay="50ms"),
                   answer("b", "2A00:0:0::1", delay="50ms"))
    result = ip("--quorum", "2", *listed, *given)
    assert (result.status, result.stdout) == (0, b"2a00::1\n")


def test_a_proxy_is_reported(ip, runnel, providers):
    proxy = HttpProxy()
    try:
        listed = providers(service("a"))
        options = ["-x", proxy.url(), "--deadline", duration(2), *listed]
        assert "that of the proxy" not in ip(*options).stderr
        assert f"the address is that of the proxy {proxy.url()}" in ip("-v", *options).stderr
    finally:
        proxy.close()


def test_urls_are_not_taken(ip):
    result = ip("https://example.org/")
    assert (result.status, result.stdout) == (2, b"")


@pytest.mark.parametrize("where", ["-", "fifo"])
def test_the_deadline_bounds_the_reading_of_providers(tmp_path, where):
    if where != "-":
        where = str(tmp_path / where)
        os.mkfifo(where)
    session = tool.Session([tool.binary(), "ip", "--deadline", "200ms", "--providers", where])
    result = session.ends_within(10)
    assert (result.status, result.stdout) == (124, b"")
    assert "--providers: cannot read " in result.stderr and "in time: the deadline passed" in result.stderr
    session.close()


def test_the_same_provider_twice_is_refused(ip, providers, routes):
    result = ip(*routes(*BUILTIN), *providers(service("a"), service("b"), service("a")))
    assert result.status == 2 and "two sources are named a" in result.stderr
    twice = [service("a"), service("b") | {"url": service("a")["url"]}]
    assert ip("--quorum", "2", *routes(*BUILTIN), *providers(*twice)).status == 2
    assert ip(*routes(answer("a", "8.8.8.8")), *providers(*twice)).status == 0
