"""What a line of a list means depends on that line alone: every line of a list gives what it gives when it stands
alone. A seed is one list: lines of every kind, shuffled and doubled, of which the last may be cut."""

import json
import random
import re
import threading

import pytest

import list_lines
from seeds import check, in_groups, seeds
from support import tool

GROUP = 50  # lists of a process
FRESH = 12  # lines that only the lists of one group have


class Reference:
    """What a line gives that stands alone in a file; each is asked for once."""

    def __init__(self, folder, command, separator):
        self._folder, self._command, self._separator = folder, command, separator
        self._known, self._lock, self._count = {}, threading.Lock(), 0
        usable = self.of(b"http://h/ok")
        assert usable.status == 0 and usable.stdout, usable

    def of(self, line):
        with self._lock:
            if line in self._known:
                return self._known[line]
            self._count += 1
            file = self._folder / f"alone{self._count}"
        file.write_bytes(line + self._separator)
        result = tool.run([*self._command, "-i", str(file)])
        file.unlink()
        with self._lock:
            return self._known.setdefault(line, result)


def make_lists(group, separator, make_line, classics):
    """For each seed of the group a list of lines, and whether it ends without a separator."""
    chance = random.Random(f"lines of {group[0]}")
    pool = classics + [make_line(chance) for _ in range(FRESH)]
    if separator == b"\0":
        pool = [line.replace(b"\0", b"\n") for line in pool]
    cuts = [line[:chance.randrange(1, len(line))] for line in chance.choices([x for x in pool if len(x) > 1], k=4)]
    return [make_list(random.Random(seed), pool, cuts) for seed in group]


def make_list(chance, pool, cuts):
    lines = chance.choices(pool, k=chance.randrange(1, 30))
    lines += chance.choices(lines, k=chance.randrange(4))
    chance.shuffle(lines)
    is_cut = chance.random() < 0.4
    return (lines + [chance.choice(cuts)], True) if is_cut else (lines, chance.random() < 0.2)


def write_lists(folder, lists, separator):
    """One file per list; returns their names."""
    names = []
    for number, (lines, is_open) in enumerate(lists):
        file = folder / f"list{number}"
        file.write_bytes(separator.join(lines) + (b"" if is_open else separator))
        names.append(str(file))
    return names


def meaning(record):
    """A record without what differs from run to run. How often a request is sent that gets no response depends on
    whether its connection is a kept one."""
    kept = {key: value for key, value in record.items()
            if not key.startswith("time_") and key not in ("ts", "file_in", "line", "remote_port")}
    if record["error"] in ("connect", "protocol"):
        kept["attempts"] = min(record["attempts"], 1)
    return kept


def the_difference(name, lines, index, got, expected):
    before = b"" if index == 0 else lines[index - 1]
    return (f"{name}: line {index + 1} is {lines[index][:300]!r} after {before[:300]!r}\n"
            f"here:  {got}\nalone: {expected}")


@pytest.fixture
def mocked(tmp_path):
    routes = tmp_path / "routes.json"
    routes.write_text(json.dumps(list_lines.ROUTES), encoding="utf-8")
    return ["--mock", str(routes)]


class Fetched:
    """Lists are fetched, and each line has the record that it has alone."""

    def __init__(self, folder, separator, options):
        self.folder, self.separator = folder, separator
        self.command = [tool.binary(), "fetch", "--json", "--body", "--retry", "0", "--host-breaker", "off", *options]
        self.reference = Reference(folder, self.command, separator)

    def holds(self, group):
        lists = make_lists(group, self.separator, list_lines.line, list_lines.CLASSICS)
        if group[0] % 5 == 0:
            lists[0][0].append(list_lines.OVER_LONG)
        folder = self.folder / str(group[0])
        folder.mkdir()
        names = write_lists(folder, lists, self.separator)
        chance = random.Random(group[0])
        options = ["-j", str(chance.choice((1, 2, 7, 40)))] + ["--keep-order"] * (chance.random() < 0.3)
        stats = folder / "stats"
        files = [word for name in names for word in ("-i", name)]
        result = tool.run([*self.command, *options, "--stats", str(stats), *files], timeout=120)
        records = [json.loads(line) for line in result.stdout.splitlines()]
        self.compare(lists, names, records)
        counts = json.loads(stats.read_text(encoding="utf-8"))
        failed = sum(not record["ok"] for record in records)
        assert (counts["read"], counts["failed"], result.status) == (len(records), failed, 1 if failed else 0)
        if "--keep-order" in options:
            places = [(names.index(record["file_in"]), record["line"]) for record in records]
            assert places == sorted(places)
        for file in folder.iterdir():
            file.unlink()

    def compare(self, lists, names, records):
        found = {(record["file_in"], record["line"]): record for record in records}
        assert len(found) == len(records), "two records of one line"
        for name, (lines, _) in zip(names, lists):
            for index, line in enumerate(lines):
                got = found.pop((name, index + 1), None)
                alone = [json.loads(record) for record in self.reference.of(line).stdout.splitlines()]
                expected = meaning(alone[0]) if alone else None
                got = meaning(got) if got else None
                assert got == expected, the_difference(name, lines, index, got, expected)
        assert not found, f"records of no line: {found}"


class Shown:
    """A dry run prints the request of each line, or reports it, as if it stood alone."""

    def __init__(self, folder, separator, options):
        self.folder, self.separator = folder, separator
        self.command = [tool.binary(), "fetch", "--dry-run", *options]
        self.reference = Reference(folder, self.command, separator)

    def holds(self, group):
        lists = make_lists(group, self.separator, list_lines.line, list_lines.CLASSICS)
        # A dry run of stdin: the lists follow one another, and only the last one may be cut.
        lines = [line for some, _ in lists for line in some]
        data = self.separator.join(lines) + (b"" if lists[-1][1] else self.separator)
        result = tool.run(self.command, input=data, timeout=120)
        printed, reported = iter(result.stdout.splitlines()), iter(result.stderr.splitlines())
        status = 0
        for index, line in enumerate(lines):
            alone = self.reference.of(line)
            status = max(status, alone.status)
            got = [next(printed, None) for _ in alone.stdout.splitlines()]
            told = [without_place(next(reported, "")) for _ in alone.stderr.splitlines()]
            expected = alone.stdout.splitlines(), [without_place(text) for text in alone.stderr.splitlines()]
            assert (got, told) == expected, the_difference("stdin", lines, index, (got, told), expected)
        assert (next(printed, None), next(reported, None), result.status) == (None, None, status)


def without_place(text):
    return re.sub(r" \([^()]*, line \d+\): ", ": ", re.sub(r"^runnel: [^ ]*:\d+: ", "runnel: ", text))


class Checked:
    """A target of a list has the result that it has alone; one that is none refuses the list, by its message."""

    def __init__(self, folder, separator, options):
        self.folder, self.separator = folder, separator
        self.command = [tool.binary(), "check", "--format", "json", "--deadline", "0", *options]
        self.reference = Reference(folder, self.command, separator)

    def holds(self, group):
        for number, (lines, is_open) in enumerate(make_lists(group, b"\n", list_lines.target, list_lines.TARGETS)):
            if number % 4 == 0:  # one process for a list: a bad target refuses all of it
                self.compare(group, number, lines, is_open)
            elif number % 4 == 1:
                self.compare(group, number, [line for line in lines if self.reference.of(line).status != 2], False)

    def compare(self, group, number, lines, is_open):
        seen, kept = {}, []
        for line in lines:  # one name for two targets is an error of the list
            alone = [json.loads(text) for text in self.reference.of(line).stdout.splitlines()]
            takes_a_name = not alone and any(line.startswith(f"{name}=".encode()) for name in seen)
            if not takes_a_name and all(seen.setdefault(result["name"], line) == line for result in alone):
                kept.append(line)
        file = self.folder / f"targets{group[0]}-{number}"
        file.write_bytes(b"\n".join(kept) + (b"" if is_open else b"\n"))
        result = tool.run([*self.command, "-i", str(file)], timeout=60)
        bad = next((line for line in kept if self.reference.of(line).status == 2 and self.is_target(line)), None)
        if bad is not None:
            expected = without_place(self.reference.of(bad).stderr)
            assert (result.status, result.stdout) == (2, b""), f"{bad!r} was taken: {result}"
            assert without_place(result.stderr) == expected, f"{file}: {result.stderr} instead of {expected}"
            return
        alone = {text: None for line in kept for text in map(unvolatile, self.reference.of(line).stdout.splitlines())}
        got = [unvolatile(text) for text in result.stdout.splitlines()]
        assert got == list(alone), f"{file}:\n{got}\nalone:\n{list(alone)}\n{result.stderr}"

    def is_target(self, line):
        """Alone, a blank line and a comment are an error as well: there is no target at all."""
        return "no target" not in self.reference.of(line).stderr


def unvolatile(text):
    return json.dumps(meaning({"error": None, "attempts": 1} | json.loads(text)), sort_keys=True)


KINDS = {"fetch": (Fetched, b"\n", []), "fetch -0": (Fetched, b"\0", ["-0"]), "dry run": (Shown, b"\n", []),
         "dry run -0": (Shown, b"\0", ["-0"]), "check": (Checked, b"\n", [])}


def test_every_line_means_what_it_means_alone(tmp_path, mocked):
    kinds = []
    for number, (kind, separator, options) in enumerate(KINDS.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        kinds.append(kind(folder, separator, [*options, *mocked] if kind is not Shown else options))
    check(in_groups(seeds(1000), GROUP), lambda group: kinds[group[0] // GROUP % len(kinds)].holds(group))
