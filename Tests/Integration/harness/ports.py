"""Free ports on the loopback address."""

import random
import socket

_taken: set[int] = set()


def free_port() -> int:
    """A port nobody listens on, below the range the kernel hands out for outgoing connections."""
    for _ in range(1000):
        port = random.randrange(20_000, 32_000)
        if port in _taken:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _taken.add(port)
        return port
    raise RuntimeError("no free port between 20000 and 32000")
