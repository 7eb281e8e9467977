"""Ports on this machine that nobody listens on."""

import socket

from engine.errors import ConfigurationError

TRIED = 100


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on; with 0 whichever the machine offers. Raises ConfigurationError when 100 are taken."""
    for port in range(wanted, wanted + TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise ConfigurationError(f"no port between {wanted} and {wanted + TRIED - 1} is free; set BATON_PORT")
