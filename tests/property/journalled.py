"""Inputs of runs with one journal, in the forms in which they are delivered, and what has come of them.

A *key* is what makes inputs equal: the path and the header X-A of a request, or the text of a line. Its body is one
line that names it, so that whatever was printed or written shows whose it is."""

import json
import random
import threading
from collections import Counter, defaultdict

from support import tool

# Writes its lines to a file of its job, prints them, and refuses some jobs.
KEEPS = ('case $RUNNEL_JOB_ID in *$2) exit 65;; esac; cat >"$1/new-$RUNNEL_JOB_ID" && '
         'mv "$1/new-$RUNNEL_JOB_ID" "$1/part-$RUNNEL_JOB_ID" && cat "$1/part-$RUNNEL_JOB_ID"')


def body_of(key):
    return " ".join(key) + "\n"


class World:
    """The server's side of the inputs of one seed: some fail at first, some are slow."""

    def __init__(self, seed):
        self.chance = random.Random(f"world {seed}")
        self.requests = defaultdict(Counter)  # of each run, by key
        self.failures = Counter()
        self.slowness = self.chance.choice((0, 0, 0.002, 0.01))
        self._lock = threading.Lock()

    def answer(self, talk):
        key = (talk.request.path, talk.request.headers.get("x-a", "-"))
        with self._lock:
            self.requests[int(talk.request.headers["x-run"])][key] += 1
            fails, self.failures[key] = self.failures[key] > 0, max(0, self.failures[key] - 1)
            status, pause = self.chance.choice((404, 500, 503)), self.chance.random() * self.slowness
        talk.pause(pause)
        if fails and status == 503:
            talk.head({"Content-Length": 1000})
            talk.send(body_of(("half", "of", *key)).encode().rstrip())  # and closes: `truncated`, without a line
        elif fails:
            talk.reply(b"failed\n", status=status)
        else:
            talk.reply(body_of(key).encode())


class Form:
    """How the inputs of a seed are delivered. Subclasses say with which options, and what was delivered."""
    to_be_compacted = False
    statuses = {0, 1}  # of a run that ends by itself

    def __init__(self, seed, folder, world, url):
        self.chance = random.Random(f"form {seed}")
        self.folder, self.world, self.seed, self.base = folder, world, seed, url
        self.journal = folder / "journal"
        self.lines = {}  # text of an input → its key
        self.inputs = self.make_inputs()
        self.options = [*self.make_options(), "--journal", str(self.journal), "--grace",
                        self.chance.choice(("10ms", "100ms", "10s"))]

    # What is asked for

    def make_inputs(self):
        """The texts of the inputs, some of them several times."""
        texts = []
        for number in range(self.chance.randrange(3, 30)):
            path = f"/{self.seed}/{self.chance.choice('ab')}/{number // 2}"
            header = self.chance.choice((None, None, "1", "2"))
            texts.append(self.text_of(path, header))
            self.world.failures[self.lines[texts[-1]]] = self.chance.choice((0, 0, 0, 0, 1, 2))
        return texts + self.chance.choices(texts, k=self.chance.randrange(6))

    def text_of(self, path, header):
        url = self.base + path
        if header is None:
            text = self.chance.choice((url, json.dumps({"url": url}), json.dumps({"method": "GET", "url": url})))
        else:
            text = json.dumps({"url": url, "headers": {self.chance.choice(("X-A", "x-a")): header}})
        self.lines[text] = (path, header or "-")
        return text

    def make_options(self):
        order = ["--keep-order"] if self.chance.random() < 0.3 else []
        return ["-j", str(self.chance.choice((1, 2, 5, 20))), "--retry", "0", *order]

    def argv(self, run, file):
        return [tool.binary(), "fetch", "-H", f"X-Run: {run}", *self.options, "-i", str(file)]

    def key_of(self, text):
        return self.lines[text]

    def progress(self, run):
        return sum(self.world.requests[run].values())

    def output(self, run):
        return self.folder / f"output{run}"

    # What has come of it

    def entries(self, torn):
        """The entries of the journal; the last one may be torn after a kill."""
        whole, _, rest = (self.journal.read_bytes() if self.journal.exists() else b"").rpartition(b"\n")
        assert torn or not rest, f"a torn entry: {rest!r}"
        return [json.loads(line) for line in whole.splitlines()]

    def known(self, torn=False):
        """Returns the key and occurrence of each input that the journal lists as delivered."""
        return {(self.key_of(entry["input"]), entry["occurrence"])
                for entry in self.entries(torn) if entry["delivered"]}

    def printed(self, run):
        """How often each key was printed whole by a run."""
        text = self.output(run).read_text(encoding="utf-8")
        known = {body_of(key): key for key in self.lines.values()}
        lines = [line for line in text.splitlines(keepends=True) if line.endswith("\n")]
        assert all(line in known for line in lines), f"printed: {set(lines) - set(known)}"
        return Counter(known[line] for line in lines)

    def check_kept(self):
        """What is delivered is still there."""

    def is_done(self, status, run):
        """Whether nothing is left to try: a run without a failure."""
        return status == 0

    def undelivered(self):
        """The occurrences that must not be missing at the end, and are."""
        asked = Counter(map(self.key_of, self.inputs))
        return {(key, n + 1) for key, number in asked.items() for n in range(number)} - self.known()


class Printed(Form):
    """Lines on stdout."""


class Recorded(Form):
    """Records on stdout."""

    def make_options(self):
        return [*super().make_options(), "--json"]

    def records(self, run):
        text = self.output(run).read_bytes()
        return [json.loads(line) for line in text[:text.rfind(b"\n") + 1].splitlines()]

    def printed(self, run):
        return Counter(self.key_of(record["input"]) for record in self.records(run) if record["ok"])


class Filed(Recorded):
    """Files, of which several URLs want the same name. The first that is delivered keeps it."""
    statuses = {0, 1, 74}

    def make_options(self):
        return [*super().make_options(), "-o", f"{self.folder}/files/{{name}}"]

    def check_kept(self):
        owners = {}
        for entry in self.entries(torn=True):
            if entry["delivered"]:
                path, _ = self.key_of(entry["input"])
                with open(entry["file"], encoding="utf-8") as file:
                    content = file.read()
                assert content.startswith(path + " ") and content.endswith("\n"), \
                    f"{entry['file']} of {path}, which is delivered, holds {content!r}"
                assert owners.setdefault(entry["file"], path) == path, f"{entry['file']} of two URLs"
        files = self.folder / "files"
        left = {str(file) for file in files.glob("[!.]*")}
        for file in left - set(owners):  # written, and then the run was killed
            with open(file, encoding="utf-8") as text:
                assert text.read() in map(body_of, self.lines.values()), f"{file} is half a file"

    def is_done(self, status, run):
        return {record["error"] for record in self.records(run)} <= {None, "sink"}

    def undelivered(self):
        """Of the URLs that want a name, one gets it, with all its occurrences."""
        known, missing = self.known(), super().undelivered()
        owners = {path.rpartition("/")[2]: path for (path, _), _ in known}
        return {(key, n) for key, n in missing if owners.get(key[0].rpartition("/")[2], key[0]) == key[0]}


class Commanded(Form):
    """Batches of lines to a command that keeps them in a file for each job."""
    statuses = {0, 1, 123}

    def make_options(self):
        parts = self.folder / "parts"
        parts.mkdir()
        return [*super().make_options(), "--batch-size", str(self.chance.choice((1, 2, 5, 100))), "--batch-jobs",
                str(self.chance.choice((1, 3))), "--batch-retries", "0"]

    def command(self):
        return ["--", "sh", "-c", KEEPS, "keeps", str(self.folder / "parts"), str(self.seed % 10)]

    def argv(self, run, file):
        return [*super().argv(run, file), *self.command()]

    def check_kept(self):
        kept = Counter()
        for part in (self.folder / "parts").glob("part-*"):
            kept.update(part.read_text(encoding="utf-8").splitlines(keepends=True))
        wanted = Counter(body_of(key) for key, _ in self.known(torn=True))
        assert not wanted - kept, f"delivered, but in no file of a job: {wanted - kept}"


class Batched(Commanded):
    """`runnel batch`: lines of stdin to a command, a worker, or as JSON."""
    statuses = {0, 123}

    def __init__(self, *args):
        super().__init__(*args)
        self.to = self.chance.choice((self.command(), self.command(), ["--coprocess", "--", "cat"], []))
        self.to_be_compacted = len(self.inputs) > 300 and self.chance.random() < 0.5

    def make_inputs(self):
        texts = [f"{self.seed} {n}" for n in range(self.chance.choice((3, 40, 400)))]
        self.lines = {text: (text,) for text in texts}
        return texts + self.chance.choices(texts, k=self.chance.randrange(6))

    def make_options(self):
        (self.folder / "parts").mkdir()
        return ["-n", str(self.chance.choice((1, 7, 100) if self.inputs[40:] == [] else (20, 100))),
                "-j", str(self.chance.choice((1, 3))), "--batch-retries", "0"]

    def argv(self, run, file):
        return [tool.binary(), "batch", *self.options, *self.to]

    def progress(self, run):
        return self.output(run).read_bytes().count(b"\n") * (20 if not self.to else 1)

    def printed(self, run):
        if self.to:
            return super().printed(run)
        arrays = self.output(run).read_bytes().rpartition(b"\n")[0].splitlines()
        return Counter((line,) for array in arrays for line in json.loads(array))

    def check_kept(self):
        if self.to[:1] == ["--"]:
            super().check_kept()


FORMS = [Printed, Recorded, Filed, Commanded, Batched]
