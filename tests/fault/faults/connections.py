"""Connections that are refused, never made, or not trusted."""

from support.faults import then_reset
from support.pace import duration

from .fault import ADDRESSES, SOON, Fault


def spoken_to_in_tls(places):
    return places.http(b"never\n").replace("http:", "https:")


FAULTS = {
    "connection refused": Fault("F5", ("connect",), lambda places: places.refusing()),
    "connection never made": Fault("F6", ("connect",), lambda places: places.black_hole(), ("--connect-timeout", SOON)),
    "reset before the headers": Fault("F5", ("connect",), lambda places: places.http(then_reset())),
    "first address does not answer": Fault("F6", (None,), lambda places: places.several().url("second"), way=ADDRESSES),
    "first address refuses": Fault("F5", (None,), lambda places: places.several().url("third"), way=ADDRESSES),
    "no address answers": Fault("F6", ("connect",), lambda places: places.several().url("none"),
                                ("--connect-timeout", duration(0.6)), way=ADDRESSES),
    "self-signed certificate": Fault("F8", ("tls",), lambda places: places.https(b"secret\n")),
    "tls to a server that speaks none": Fault("F8", ("tls",), spoken_to_in_tls),
}
