"""Redirects that are not followed, or that lead to a fault."""

from support.faults import head, never_ending, redirect

from .fault import GUARD, SOON, Fault


def moved(location=None):
    return lambda places: places.http(redirect(location))


def moved_to(target, place="http"):
    """A redirect to another fault."""
    return lambda places: getattr(places, place)(redirect(target(places)))


def moved_by(head_bytes):
    return lambda places: places.http(lambda talk: talk.send(head_bytes))


def further(talk):
    """Each hop leads to another URL."""
    talk.reply(status=302, headers={"Location": f"/bad?{int(talk.request.query or 0) + 1}"})


def raw(location):
    return b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"


def to_private(host):
    """A server with a public address, which redirects to a private one."""
    def place(places):
        target = places.good().replace("127.0.0.1", host)
        return places.http(redirect(target), "public.test")
    return place


NEXT = {"Location": "/bad"}

FAULTS = {
    "redirect loop": Fault("F22", ("redirect",), moved("/bad")),
    "redirects without end": Fault("F22", ("redirect",), lambda places: places.http(further)),
    "redirects without end, each with an endless body": Fault(
        "F22", ("redirect", "timeout"), lambda places: places.http(never_ending(302, NEXT)), ("--max-redirs", "1"), 5),
    "redirect to a file": Fault("F22", ("redirect",), moved("file:///etc/passwd")),
    "redirect to ftp": Fault("F22", ("redirect",), moved("ftp://127.0.0.1/")),
    "redirect to gopher": Fault("F22", ("redirect",), moved("gopher://127.0.0.1:1/_x")),
    "redirect to a script": Fault("F22", ("redirect",), moved("javascript:alert(1)")),
    "redirect to data": Fault("F22", ("redirect",), moved("data:text/plain,good")),
    "redirect to nowhere": Fault("F22", ("redirect",), moved()),
    "redirect to no host": Fault("F22", ("redirect",), moved("http://")),
    "redirect to a port too large": Fault("F22", ("redirect",), moved("http://127.0.0.1:99999/")),
    "redirect to a broken address": Fault("F22", ("redirect",), moved("http://[::1/")),
    "redirect with control characters": Fault("F22", ("redirect",), moved_by(raw(b"http://127.0.0.1\x01/\x7f"))),
    "redirect to 1 MB": Fault("F22", ("redirect", "protocol"), moved_by(raw(b"/" + b"x" * 1_000_000))),
    "redirect from https to http": Fault("F22", ("redirect",), moved_to(lambda places: places.good(), "trusted")),
    "redirect to a refused connection": Fault("F5", ("connect",), moved_to(lambda places: places.refusing())),
    "redirect to a connection never made": Fault(
        "F6", ("connect",), moved_to(lambda places: places.black_hole()), ("--connect-timeout", SOON)),
    "redirect to a certificate that is not trusted": Fault(
        "F8", ("tls",), moved_to(lambda places: places.https(b"secret\n"))),
    "redirect to silence": Fault(
        "F9", ("idle",), moved_to(lambda places: places.http(lambda talk: talk.hang())), ("--idle-timeout", SOON)),
    "redirect to a body cut short": Fault(
        "F13", ("truncated",), moved_to(lambda places: places.http(lambda talk: talk.send(head("Content-Length: 9"), b"thr")))),
} | {
    f"redirect to a private address, guarded: {host}": Fault("F41", ("blocked",), to_private(host), way=GUARD)
    for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "0.0.0.0", "169.254.169.254", "some.test")
}
