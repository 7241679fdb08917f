"""Names that do not resolve."""

from .fault import RESOLVER, Fault


def named(host):
    return lambda places: places.http(b"never\n", host)


FAULTS = {
    "name that does not exist": Fault("F1", ("dns",), named("nx.test"), way=RESOLVER),
    "name server in trouble": Fault("F1", ("dns",), named("again.test"), way=RESOLVER),
}
