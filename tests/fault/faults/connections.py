"""Connections that are refused or never made, to one address or to several."""

from support.pace import duration

from .fault import ADDRESSES, SOON, Fault


def named(host):
    return lambda places: places.several().url(host)


FAULTS = {
    "connection refused": Fault("F5", ("connect",), lambda places: places.refusing()),
    "connection never made": Fault("F6", ("connect",), lambda places: places.black_hole(), ("--connect-timeout", SOON)),
    "first address does not answer": Fault("F3", (None,), named("second"), way=ADDRESSES),
    "first address refuses": Fault("F3", (None,), named("third"), way=ADDRESSES),
    "no address answers": Fault("F6", ("connect",), named("none"), ("--connect-timeout", duration(0.6)), way=ADDRESSES),
}
