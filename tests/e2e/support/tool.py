"""The program under test: run to its end, or started and driven by a test."""

import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from . import records
from .pace import seconds

CHECKOUT = Path(__file__).resolve().parents[3]
NETWORK = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "curl_ca_bundle", "ssl_cert_file"}
SAMPLING = 20  # ms
SANITIZER_REPORTS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:")


def binary():
    path = Path(os.environ.get("RUNNEL") or CHECKOUT / "build" / "runnel")
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"no runnel to test at {path}: build it, or name it in RUNNEL")
    return str(path.resolve())


def environment(changes=None):
    """Our environment without variables that change the program's behaviour, plus the changes."""
    kept = {name: value for name, value in os.environ.items()
            if name.lower() not in NETWORK and not name.startswith("RUNNEL")}
    return kept | {"LC_ALL": "C.UTF-8"} | (changes or {})


@dataclass
class Result:
    """How a run ended. `status` is as in a shell: 128 + N for an end by signal N. `memory` is the peak resident
    memory in bytes, without what the process may have taken in its last 20 ms."""
    status: int
    stdout: bytes
    stderr: str
    seconds: float
    memory: int

    @property
    def lines(self):
        return [line + b"\n" for line in self.stdout.split(b"\n")[:-1]]

    @property
    def records(self):
        return records.parse(self.stdout)

    @property
    def record(self):
        (only,) = self.records
        return only


def _shell_status(returncode):
    return 128 - returncode if returncode < 0 else returncode


class Session:
    """A running process. Its stderr goes to a file, so that it need not be read; or elsewhere."""

    def __init__(self, argv, env=None, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None):
        self.began = time.monotonic()
        self._stderr = tempfile.TemporaryFile()
        self._seen = bytearray()
        self._unread = 0
        self._peak = 0
        self.process = subprocess.Popen(argv, env=environment(env), stdin=stdin, stdout=stdout,
                                        stderr=self._stderr if stderr is None else stderr)
        self.pid = self.process.pid
        self.stdin = self.process.stdin
        self.stdout = self.process.stdout

    def say(self, *lines):
        """Writes lines to stdin at once."""
        self.stdin.write("".join(line + "\n" for line in lines).encode(errors="surrogateescape"))
        self.stdin.flush()

    def feed(self, data):
        """Writes everything and closes stdin; a program that has ended does not read it."""
        try:
            with self.stdin:
                self.stdin.write(data)
        except BrokenPipeError:
            pass

    def end_input(self):
        self.stdin.close()

    def line(self, timeout=30):
        """The next line of stdout with its newline; at the end, what is left."""
        give_up = time.monotonic() + seconds(timeout)
        while (end := self._seen.find(b"\n", self._unread)) < 0 and self._read_more(give_up):
            pass
        end = len(self._seen) if end < 0 else end + 1
        line, self._unread = bytes(self._seen[self._unread:end]), end
        return line

    def read(self, size, timeout=30):
        """At most `size` bytes of stdout, as soon as there are any, without keeping them; empty at the end."""
        return self._read(size, time.monotonic() + seconds(timeout))

    def skip(self, size, timeout=30):
        """Reads `size` bytes of stdout, or to its end, without keeping them; returns their number."""
        give_up, left = time.monotonic() + seconds(timeout), size
        while left and (data := self._read(min(left, 1 << 20), give_up)):
            left -= len(data)
        return size - left

    def _read_more(self, give_up):
        """Reads what is available; False at the end of the output."""
        data = self._read(1 << 16, give_up)
        self._seen += data
        return bool(data)

    def _read(self, size, give_up):
        poll = select.poll()
        poll.register(self.stdout, select.POLLIN)
        while not poll.poll(SAMPLING):
            self._sample_memory()
            if time.monotonic() > give_up:
                raise TimeoutError(f"no output in time; stderr: {self.stderr()}")
        self._sample_memory()
        return os.read(self.stdout.fileno(), size)

    def _sample_memory(self):
        """The kernel's own count, getrusage, includes the memory of the process that started this one."""
        if self.process.returncode is None:
            try:
                self._peak = max(self._peak, self.peak_memory())
            except KeyError:
                pass  # it has ended

    def go_away(self):
        """Closes the reading end of stdout."""
        self.stdout.close()

    def signal(self, number):
        self.process.send_signal(number)

    def stderr(self):
        return os.pread(self._stderr.fileno(), 1 << 24, 0).decode(errors="replace")

    def status_field(self, name):
        """A value in kB of /proc/PID/status, in bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise KeyError(name)

    def peak_memory(self):
        return self.status_field("VmHWM")

    def result(self, timeout=30):
        """Waits for the end and reads everything until then."""
        give_up = time.monotonic() + seconds(timeout)
        while self.stdout and not self.stdout.closed and self._read_more(give_up):
            pass
        self.process.wait(max(0.0, give_up - time.monotonic()))
        return self._result()

    def ends_within(self, limit, since=None):
        """The result, which must come within a time from now or from an earlier moment."""
        since = time.monotonic() if since is None else since
        result = self.result()
        assert time.monotonic() - since < seconds(limit), result
        return result

    def _result(self):
        stderr = self.stderr()
        assert not any(report in stderr for report in SANITIZER_REPORTS), stderr
        took = time.monotonic() - self.began
        return Result(_shell_status(self.process.returncode), bytes(self._seen), stderr, took, self._peak)

    def close(self):
        """Ends the process, whatever the test did."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        for pipe in (self.stdin, self.stdout):
            try:
                if pipe:
                    pipe.close()
            except BrokenPipeError:
                pass
        self._stderr.close()


def run(argv, input=None, timeout=30, env=None):
    """Runs to the end; without `input` stdin is empty."""
    session = Session(argv, env, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE)
    try:
        if input is not None:
            threading.Thread(target=session.feed, args=(input,), daemon=True).start()
        return session.result(timeout)
    finally:
        session.close()
