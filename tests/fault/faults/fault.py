"""What a row of the table says."""

from dataclasses import dataclass

from support.pace import duration
from support.reply import curl_version

SOON = duration(0.3)
# Limits of a run with all the rows of a way. Which of them a slow fault reaches first is not the row's.
LIMITS = ("--connect-timeout", duration(4), "--idle-timeout", duration(4), "-m", duration(10))
LATENESS = {"idle", "timeout", "connect", "dns", "too_large"}


@dataclass(frozen=True)
class Way:
    """How a run reaches its URLs, and what it prints. All rows of a way also run at once.

    `options` and `environment`: functions of the places. `good`: function of the places that returns a URL which
    succeeds and prints `good`. `records`: whether the output can be records; otherwise the classes are read from
    the log. `in_cell`: whether the program runs in a network namespace. `alone`: the way is of one row only."""
    name: str
    options: callable = lambda places: ()
    environment: callable = lambda places: {}
    good: callable = lambda places: places.good()
    output: tuple = ()
    limits: tuple = LIMITS
    records: bool = True
    in_cell: bool = False
    alone: bool = False


def _trusting(places):
    """HTTP/2 is offered to servers with https, of which most take HTTP/1.1."""
    return "--http2", "--cacert", places.authority.own.public


DIRECT = Way("direct", options=_trusting, limits=LIMITS + ("--max-body", "1M"))
# Names with several addresses.
ADDRESSES = Way("addresses", lambda places: places.several().options)
# Inputs of megabytes, which take much of the time of a slow machine.
LARGE = Way("large inputs", options=_trusting, limits=("--idle-timeout", duration(4)))
# The servers of floods leave little time to those of the good URLs.
FLOODS = Way("floods", options=_trusting, limits=("-m", duration(10)))
# Prints a value of each body, which must be JSON.
EXTRACT = Way("extract", options=_trusting, good=lambda places: places.http(b'{"a": "good"}'),
              output=("--extract", "/a"), records=False)
# Prints lines, of which none may be longer than 64 KiB.
LINES = Way("lines", options=_trusting, output=("--max-line", "64k"), records=False)
# getaddrinfo() is slow_resolver.c.
RESOLVER = Way("preloaded resolver", environment=lambda places: places.resolver)
NAMES = Way("names", environment=lambda places: places.cell.environment, good=lambda places: places.good_name(),
            limits=("--connect-timeout", duration(5), "-m", duration(8)), in_cell=True)
GUARDED_NAMES = Way("names, guarded", lambda places: ("--deny-private",), lambda places: places.cell.environment,
                    lambda places: places.good_name(places.cell.public), in_cell=True)
GUARD = Way("guard", lambda places: ("--deny-private",), lambda places: places.resolver,
            lambda places: places.http(b"good\n", "public.test"))


@dataclass(frozen=True)
class Fault:
    """A fault of a URL, or of the server behind it.

    `id`: its number in catalogue.py. `errors`: the classes that the input may have; None if it is delivered in
    spite of the fault. `place`: function of the places that makes the fault and returns the input. `limits`:
    options with limits of time and size. `within`: seconds until both inputs, the faulty and the good one, have
    their records. `memory`: peak resident memory of the program in MiB. `before_8_3`: other classes that the input
    may have with a libcurl before 8.3."""
    id: str
    errors: tuple
    place: callable
    limits: tuple = ()
    within: float = 3
    memory: int = 40
    way: Way = DIRECT
    before_8_3: tuple = ()

    @property
    def errors_here(self):
        return self.errors if curl_version() >= (8, 3) else self.errors + self.before_8_3
