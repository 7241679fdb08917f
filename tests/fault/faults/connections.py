"""Connections that are refused, never made, or not trusted."""

from support.faults import then_reset

from .fault import SOON, Fault


def spoken_to_in_tls(places):
    return places.http(b"never\n").replace("http:", "https:")


FAULTS = {
    "connection refused": Fault("F5", ("connect",), lambda places: places.refusing()),
    "connection never made": Fault("F6", ("connect",), lambda places: places.black_hole(), ("--connect-timeout", SOON)),
    "reset before the headers": Fault("F5", ("connect",), lambda places: places.http(then_reset())),
    "self-signed certificate": Fault("F8", ("tls",), lambda places: places.https(b"secret\n")),
    "tls to a server that speaks none": Fault("F8", ("tls",), spoken_to_in_tls),
}
