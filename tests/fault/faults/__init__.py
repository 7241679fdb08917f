"""The table of faults: one module for each area, with a table of rows."""

from . import bodies, connections, http1, names, redirects

AREAS = (names, connections, http1, bodies, redirects)
TABLE = {name: fault for area in AREAS for name, fault in area.FAULTS.items()}
