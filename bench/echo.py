"""The site with a socket that answers what it is told, `python -m bench.echo PORT PROCESSES`: sockets beside pages."""

from __future__ import annotations

import sys
from typing import Any

from bench import forks
from sparkle_site.serve import preloader


def application() -> Any:
    """The front of the site; its sockets go to a consumer of Channels."""
    from channels.generic.websocket import AsyncWebsocketConsumer

    from sparkle_site.asgi import application as site

    class Echo(AsyncWebsocketConsumer):
        """Sends back what it receives."""

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
            """Answers at once."""
            await self.send(text_data=text_data, bytes_data=bytes_data)

    consumer = Echo.as_asgi()

    async def choose(scope: Any, receive: Any, send: Any) -> None:
        await (consumer if scope["type"] == "websocket" else site)(scope, receive, send)

    return choose


def main() -> None:
    """Serves until SIGTERM."""
    preloader.load()
    forks.serve(application(), int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
