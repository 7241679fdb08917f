"""Redirects that are not followed."""

from support.faults import redirect

from .fault import Fault


def moved(location=None):
    return lambda places: places.http(redirect(location))


FAULTS = {
    "redirect loop": Fault("F22", ("redirect",), moved("/bad")),
    "redirect to a file": Fault("F22", ("redirect",), moved("file:///etc/passwd")),
    "redirect to nowhere": Fault("F22", ("redirect",), moved()),
}
