"""Many requests to a fast server: nothing lost, nothing doubled, connections reused."""

from support.nginx import K1
from support.pace import count

TOTAL = count(20_000)


def urls(nginx):
    return [f"{nginx.url('/k1')}?{n}" for n in range(TOTAL)]


def as_input(lines):
    return "".join(line + "\n" for line in lines).encode()


def test_every_input_has_exactly_one_record_over_no_more_connections_than_jobs(fetch, nginx):
    given = urls(nginx)
    before = nginx.connections()
    result = fetch("-j", "64", "--json", input=as_input(given), timeout=120)
    used = nginx.connections() - before - 1  # the request for the count itself

    records = result.records
    assert result.status == 0
    assert len(records) == TOTAL
    assert sorted(record["line"] for record in records) == list(range(1, TOTAL + 1))
    assert all(record["input"] == given[record["line"] - 1] for record in records)
    assert {(record["state"], record["response_code"], record["size_download"]) for record in records} \
        == {("delivered", 200, len(K1))}
    assert 1 <= used <= 64


def test_every_line_of_every_response_is_printed(fetch, nginx):
    result = fetch("-j", "64", input=as_input(urls(nginx)), timeout=120)
    assert result.status == 0
    assert result.stdout == K1.encode() * TOTAL


def test_large_bodies_over_connections_that_are_kept_are_complete(fetch, server):
    """A request may be sent on a connection at the moment the previous answer ends."""
    number, size = count(400), 1 << 20
    url = server.serve("/", b"x" * size)
    result = fetch("--json", "-j", "4", "--retry", "0", input=as_input(f"{url}?{n}" for n in range(number)), timeout=60)
    assert [record["errormsg"] for record in result.records if not record["ok"]] == []
    assert (len(result.records), server.connections) == (number, 4)
