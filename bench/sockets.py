"""How long a socket's answer takes while pages are asked for with all force."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import statistics
import sys
import time

from websockets.asyncio.client import connect

SOCKETS = 20
#: Between two words of one socket; all together say 200 words a second.
PAUSE = 0.1


@dataclasses.dataclass(frozen=True)
class Echo:
    """Times between a word and its answer, in milliseconds."""

    words: int
    p50: float
    p99: float


async def _talk(port: int, until: float, times: list[float]) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws/", compression=None, open_timeout=30) as socket:
        while time.monotonic() < until:
            begun = time.perf_counter()
            await socket.send("Hello")
            if await socket.recv() != "Hello":
                raise AssertionError("A socket answered something else.")
            times.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(PAUSE)


async def _talk_all(port: int, seconds: float) -> list[float]:
    times: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(_talk(port, until, times) for _ in range(SOCKETS)))
    return times


def measure(port: int, seconds: float) -> Echo:
    """Talks on twenty sockets for so long. Run it in a process of its own: its loop must not wait for others."""
    times = asyncio.run(_talk_all(port, seconds))
    return Echo(len(times), statistics.median(times), statistics.quantiles(times, n=100)[98])


def main() -> None:
    """Prints what was measured as JSON: `python -m bench.sockets PORT SECONDS`."""
    json.dump(dataclasses.asdict(measure(int(sys.argv[1]), float(sys.argv[2]))), sys.stdout)


if __name__ == "__main__":
    main()
