"""The table of faults: one module for each area, with a table of rows."""

from . import bodies, connections, floods, http1, http2, http2_ends, inputs, names, proxies, redirects, tls

AREAS = (inputs, names, connections, tls, proxies, http1, http2, http2_ends, floods, bodies, redirects)
TABLE = {name: fault for area in AREAS for name, fault in area.FAULTS.items()}
