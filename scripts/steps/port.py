"""Says that a port is taken before anything is downloaded for a server that could not start."""

import socket

from steps.common import SetupProblem


def is_free(port: int) -> bool:
    """Whether the loopback address can be bound."""
    with socket.socket() as probe:
        # As the server does: a port whose last connections are not yet forgotten is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(port: int) -> None:
    """Raises SetupProblem with the next free port where this one is taken."""
    if not 0 <= port <= 65535:
        raise SetupProblem(f"PORT is a number from 0 to 65535; you gave {port}.")
    if is_free(port):
        return
    other = next((number for number in range(port + 1, min(port + 100, 65536)) if is_free(number)), 0)
    raise SetupProblem(
        f"Port {port} on 127.0.0.1 is taken by another program.\n"
        f"Choose another:  make run PORT={other}  (without make: python3 scripts/setup.py run --port {other})"
    )
