"""`--extract` of random documents against Python's reader. A seed is one document, or a body of documents in lines."""

import json
import random

from documents import is_column, pointer_text, random_document, random_pointers, values_at
from seeds import check, in_groups, seeds
from support import tool

GROUP = 50  # documents of a process, which have the same pointers


def make_body(seed, pointers, lines):
    """The documents of a body and the body itself."""
    chance = random.Random(seed)
    documents = [random_document(chance, pointers, lines) for _ in range(chance.randrange(1, 8) if lines else 1)]
    if not lines:
        return documents, documents[0]
    body = b"".join(document + chance.choice((b"\n", b"\n", b"\r\n", b"\n \n\n")) for document in documents)
    return documents, body if chance.random() < 0.7 else body.rstrip(b"\r\n ")


def expected_of(documents, pointers):
    """The values of each document, up to the first that fails; and whether one did."""
    rows = []
    for document in documents:
        if document.strip(b" \t\r") == b"" and len(documents) > 1:
            continue
        values = values_at(document, pointers)
        if values is None:
            return rows, True
        rows.append(values)
    return rows, False


class Served:
    """The documents by their paths, sometimes in pieces."""

    def __init__(self, server):
        self.bodies = {}
        server.serve_elsewhere(self.answer)

    def answer(self, talk):
        body = self.bodies[talk.request.path]
        cut = random.Random(talk.request.path)
        if cut.random() < 0.7:
            talk.reply(body)
            return
        talk.keep_alive = True
        talk.head({"Transfer-Encoding": "chunked"})
        while body:
            size = cut.choice((1, 7, 64, 1000, 65536))
            talk.chunk(body[:size])
            body = body[size:]
        talk.last_chunk()


def holds(group, server, served, folder):
    chance = random.Random(f"pointers of {group[0]}")
    pointers, lines = random_pointers(chance), chance.random() < 0.4
    expected = {}
    for seed in group:
        documents, body = make_body(seed, pointers, lines)
        path = f"/{group[0]}/{seed}"
        served.bodies[path] = body
        expected[server.url(path)] = (documents, *expected_of(documents, pointers))
    stats = folder / f"stats{group[0]}"
    options = [word for tokens in pointers for word in ("--extract", pointer_text(tokens))]
    options += ["--lines"] * lines + ["-j", str(chance.choice((1, 8))), "--retry", "0", "--tag", "--stats", str(stats)]
    result = tool.run([tool.binary(), "fetch", *options], input="\n".join(expected).encode(), timeout=120)
    printed = {}
    for line in result.stdout.split(b"\n")[:-1]:
        url, _, columns = line.partition(b"\t")
        printed.setdefault(url.decode(), []).append(columns)
    for url, (documents, rows, _) in expected.items():
        compare(url, documents, [pointer_text(tokens) for tokens in pointers], rows, printed.pop(url, []))
    assert not printed, printed
    failures = sum(failed for _, _, failed in expected.values())
    assert result.status == (1 if failures else 0), result.stderr
    assert json.loads(stats.read_text(encoding="utf-8"))["errors"] == ({"extract": failures} if failures else {})


def compare(url, documents, pointers, rows, printed):
    for number, (values, columns) in enumerate(zip(rows, printed)):
        columns = columns.split(b"\t")
        same = len(columns) == len(values) and all(map(is_column, columns, values))
        assert same, f"{url}: {pointers} of {documents} is {columns}, not {values} (document {number})"
    assert len(rows) == len(printed), f"{url}: {pointers} of {documents}: {printed}, expected {rows}"


def test_values_are_those_that_python_reads(server, tmp_path):
    served = Served(server)
    check(in_groups(seeds(1000), GROUP), lambda group: holds(group, server, served, tmp_path))
