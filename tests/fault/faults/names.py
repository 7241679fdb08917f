"""Names that do not resolve, or resolve to what cannot be used."""

import struct

from support.name_server import A, AAAA, CNAME, NXDOMAIN, SERVFAIL, TRUNCATED, a, aaaa, encoded, record

from .fault import GUARDED_NAMES, NAMES, RESOLVER, SOON, Fault

FORMERR, NOTIMP, REFUSED = 1, 4, 5
HOLE = "127.0.0.9"


def preloaded(host):
    return lambda places: places.http(b"never\n", host)


def named(answer, **more):
    return lambda places: places.named(answer, **more)


def code(rcode):
    return named(lambda query: query.answer(rcode=rcode))


def cases(v4=None, v6=None):
    """Functions of the query for each kind of address; without one there are no such addresses."""
    def answer(query):
        found = {A: v4, AAAA: v6}.get(query.type)
        return found(query) if found else query.answer()
    return named(answer)


def only(*addresses):
    return lambda query: query.answer(*a(*addresses))


def six(*addresses):
    return lambda query: query.answer(*aaaa(*addresses))


def silent(query):
    """No answer."""


def alias(target):
    return record(CNAME, encoded(target))


def cut_short(over_tcp):
    """The answer over UDP says that it is not whole; over_tcp makes the one over TCP."""
    return named(lambda query: over_tcp(query) if query.over_tcp else query.answer(flags=TRUNCATED))


def loop(query):
    """A name that points to itself, in the compression of names."""
    at = 12 + len(query.question)
    return query.answer(record(A, bytes(4), struct.pack(">H", 0xc000 | at)))


def refused_everywhere(places):
    return places.named(only("127.0.0.7", "127.0.0.8")).replace("/bad", "/")


DNS, QUICK, LATE = ("dns",), ("-m", SOON), ("--connect-timeout", SOON)

FAULTS = {
    "name that does not exist": Fault("F1", DNS, code(NXDOMAIN), way=NAMES),
    "name without addresses": Fault("F1", DNS, cases(), way=NAMES),
    "name server in trouble": Fault("F1", DNS, code(SERVFAIL), way=NAMES),
    "name server that refuses": Fault("F1", DNS, code(REFUSED), way=NAMES),
    "name server that does not understand": Fault("F1", DNS, code(FORMERR), way=NAMES),
    "name server without the kind of query": Fault("F1", DNS, code(NOTIMP), way=NAMES),
    "name with a label of 64 letters": Fault(
        "F1", ("dns", "bad_input"), lambda places: f"http://{'a' * 64}.test/", way=NAMES),
    "name of 300 letters": Fault(
        "F1", ("dns", "bad_input"), lambda places: f"http://{'.'.join(['a' * 49] * 6)}/", way=NAMES),
    "name with an empty label": Fault("F1", ("dns", "bad_input"), lambda places: "http://a..test/", way=NAMES),
    "name that does not exist, for the resolver": Fault("F1", DNS, preloaded("nx.test"), way=RESOLVER),
    "temporary failure of the resolver": Fault("F1", DNS, preloaded("again.test"), way=RESOLVER),
    "resolver that hangs, time limit": Fault("F2", ("timeout",), preloaded("hang100s-.test"), QUICK, way=RESOLVER),
    "resolver that hangs, connect timeout": Fault("F2", ("dns", "connect"), preloaded("hang100s-.test"), LATE, way=RESOLVER),
    "silent name server": Fault("F2", DNS, named(silent), way=NAMES, within=5),
    "silent name server, time limit": Fault("F2", ("timeout",), named(silent), QUICK, way=NAMES),
    "silent name server, connect timeout": Fault("F2", ("dns", "connect"), named(silent), LATE, way=NAMES),
    "answer of garbage": Fault("F1", DNS, named(lambda query: b"garbage" * 20), way=NAMES, within=5),
    "answer without a byte": Fault("F1", DNS, named(lambda query: b""), way=NAMES, within=5),
    "answer cut in its head": Fault("F1", DNS, named(lambda query: query.answer()[:7]), way=NAMES, within=5),
    "answer cut in a record": Fault(
        "F1", DNS, named(lambda query: query.answer(*a("127.0.0.1"))[:-2]), way=NAMES, within=5),
    "answer to another query": Fault(
        "F1", DNS, named(lambda query: b"\0\0" + query.answer(*a("127.0.0.1"))[2:]), way=NAMES, within=5),
    "answer of records of the wrong size": Fault(
        "F1", DNS, named(lambda query: query.answer(record(query.type, b"\x7f\0\0"))), way=NAMES, within=5),
    "answer of addresses of another name": Fault(
        "F1", DNS, named(lambda query: query.answer(record(A, bytes(4), encoded("other.test")))), way=NAMES, within=5),
    "answer with a name that has no end": Fault("F1", DNS, named(loop), way=NAMES, within=5),
    "name that is an alias of itself": Fault(
        "F1", DNS, named(lambda query: query.answer(alias(query.name))), way=NAMES, within=5),
    "name that is an alias of nothing": Fault(
        "F1", DNS, named(lambda query: query.answer(alias("none.test"))), way=NAMES, within=5),
    "answer cut short, and nothing over TCP": Fault("F2", DNS, cut_short(silent), LATE, way=NAMES),
    "answer cut short, and garbage over TCP": Fault(
        "F1", DNS, cut_short(lambda query: b"garbage"), way=NAMES, within=8),
    "answer cut short, and whole over TCP": Fault("F1", (None,), cut_short(
        lambda query: query.answer(*(a("127.0.0.1") * 500 if query.type == A else ()))), way=NAMES),
    "IPv6 look-up that fails": Fault(
        "F3", (None,), cases(only("127.0.0.1"), lambda query: query.answer(rcode=SERVFAIL)), way=NAMES),
    "IPv6 look-up that is silent": Fault("F3", (None,), cases(only("127.0.0.1"), silent), way=NAMES, within=5),
    "IPv6 address that refuses": Fault("F3", (None,), cases(only("127.0.0.1"), six("::1")), way=NAMES),
    "IPv6 address without a route": Fault("F3", (None,), cases(only("127.0.0.1"), six("2001:4860::1")), way=NAMES),
    "IPv4 address that refuses, before another": Fault("F3", (None,), cases(only("127.0.0.7", "127.0.0.1")), way=NAMES),
    "addresses that all refuse": Fault("F5", ("connect",), refused_everywhere, way=NAMES),
    "name of a private address, guarded": Fault("F4", ("blocked",), cases(only("127.0.0.1")), way=GUARDED_NAMES),
    "name of the metadata service, guarded": Fault(
        "F4", ("blocked",), cases(only("169.254.169.254")), way=GUARDED_NAMES),
    "name of a mapped private address, guarded": Fault(
        "F4", ("blocked",), cases(v6=six("::ffff:127.0.0.1")), way=GUARDED_NAMES),
    "name of a NAT64 private address, guarded": Fault(
        "F4", ("blocked",), cases(v6=six("64:ff9b::7f00:1")), way=GUARDED_NAMES),
    "alias of a private name, guarded": Fault("F4", ("blocked",), named(
        lambda query: query.answer(alias("x.test"), *([record(A, bytes([127, 0, 0, 1]), encoded("x.test"))] if query.type == A else ()))),
        way=GUARDED_NAMES),
}
