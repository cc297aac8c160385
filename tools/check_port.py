"""Is this port free? `python tools/check_port.py ADDRESS PORT` says nothing if so, else why not, in a sentence."""

import errno
import os
import socket
import sys


def problem(address: str, port: str) -> str | None:
    """What stands in the way of serving at `address`:`port`, or None."""
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        return f"PORT={port} is no port; it must be a whole number from 1 to 65535."
    try:
        family, kind, _, _, where = socket.getaddrinfo(address, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":  # as the server does; else a port that was in use a moment ago counts as taken
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken by another program. Choose another: make run PORT={_neighbour(int(port))}"
        if error.errno == errno.EACCES:
            return f"Port {port} may not be used by this account. Choose one above 1023: make run PORT=8501"
        return f"Nothing can be served at {address}, port {port}: {error.strerror}."
    return None


def _neighbour(port: int) -> int:
    return port + 1 if port < 65535 else 8501


if __name__ == "__main__":
    sys.exit(problem(*sys.argv[1:3]))
