"""The yardstick B: a bare ASGI function behind the site's server, `python -m bench.bare PORT PROCESSES`."""

from __future__ import annotations

import sys
from typing import Any

from bench import forks


async def application(_scope: Any, _receive: Any, send: Any) -> None:
    """Answers two bytes, as little as there is to do."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


def main() -> None:
    """Serves until SIGTERM."""
    forks.serve(application, int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
