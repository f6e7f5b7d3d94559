"""`make bench`: rates, latencies, queries, memory, start and weight, beside yardsticks of the same run."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from typing import Any

from bench import measure, servers
from bench.cells import CELLS, COLD_START_SECONDS, MEMORY_MB, REQUESTS, WEIGHT_KB, Cell

PROCESSES = 2
NEW_POST = json.dumps({"title": "Measured", "content": "<p>A post like many.</p>", "published": True})
COLUMNS = "{:<30} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}  {}"


def verdict(cell: Cell, load: measure.Load, queries: int | None, empty: float) -> str:
    """The targets of a cell with a mark for each."""
    found = []
    if cell.of_empty is not None:
        found.append((load.rate >= cell.of_empty * empty, f"≥ E/{1 / cell.of_empty:.0f}"))
    if cell.per_second is not None:
        found.append((load.rate >= cell.per_second, f"≥ {cell.per_second:.0f}/s"))
    if cell.queries is not None and queries is not None:
        found.append((queries <= cell.queries, f"≤ {cell.queries} queries"))
    if load.failed:
        found.append((False, f"{load.failed} failed"))
    return ", ".join(("✓ " if good else "✗ ") + text for good, text in found)


def yardsticks(seconds: float) -> tuple[float, float]:
    """Requests a second of the bare ASGI function and of the empty Django view, behind the same server."""
    rates = []
    port = servers.free_port()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.empty", "WEB_PROCESSES": str(PROCESSES)}
    site = ["-m", "sparkle_site.serve", "--only=web", f"--port={port}"]
    environment |= {"DATABASE_URL": "postgresql://none/none", "REDIS_URL": "redis://none"}  # asks nobody
    for name, command in (("bare", ["-m", "bench.bare", str(port), str(PROCESSES)]), ("empty", site)):
        with servers.running(command, environment, port, name):
            measure.load(port, "/", connections=16, seconds=1)
            found = measure.load(port, "/", connections=16, seconds=seconds)
            rates.append(found.rate)
            title = {"bare": "B: bare ASGI function", "empty": "E: empty Django view"}[name]
            row = (title, f"{found.rate:.0f}", f"{found.p50:.1f}", f"{found.p99:.1f}", "")
            print(COLUMNS.format(*row, *ratios(found.rate, *rates), ""), flush=True)
    return rates[0], rates[1]


def ratios(rate: float, bare: float, empty: float | None = None) -> tuple[str, str]:
    """A rate as parts of the yardsticks."""
    return f"{rate / bare:.3f}", f"1/{empty / rate:.1f}" if empty and rate else ""


def cells(
    site: servers.Server,
    found: dict[str, Any],
    chosen: list[Cell],
    seconds: float,
    bare: float,
    empty: float,
) -> None:
    """Measures and prints every cell."""
    token = servers.token(site.port, "creator@sparkle.example", "Demo-Stage-2026!")
    for cell in chosen:
        headers, body, path = {}, "", found["addresses"].get(cell.key, "/api/posts")
        if cell.signed_in:
            headers["Cookie"] = f"__Host-session={found['cookie']}"
        if cell.posts:
            headers |= {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            body = NEW_POST
        measure.load(site.port, path, connections=cell.connections, seconds=1, headers=headers, body=body)
        result = measure.load(
            site.port, path, connections=cell.connections, seconds=seconds, headers=headers, body=body
        )
        queries = found["queries"].get(cell.key)
        row = (cell.title, f"{result.rate:.0f}", f"{result.p50:.1f}", f"{result.p99:.1f}")
        counted = "" if queries is None else str(queries)
        shown = COLUMNS.format(*row, counted, *ratios(result.rate, bare, empty), verdict(cell, result, queries, empty))
        print(shown, flush=True)


def fact(name: str, value: str, good: bool, target: str) -> None:
    """Prints one line below the table."""
    print(f"{name:<30} {value:>20}   {'✓' if good else '✗'} {target}", flush=True)


def weights(site: servers.Server, found: dict[str, Any]) -> None:
    """Prints what a first visit weighs."""
    for key in ("home", "post", "author"):
        size, requests = measure.weight(site.port, found["addresses"][key])
        value = f"{size:.1f} KB, {requests} requests"
        good = size <= WEIGHT_KB and requests <= REQUESTS
        fact(f"first visit, {key}", value, good, f"≤ {WEIGHT_KB} KB HTML+CSS+JS as sent, ≤ {REQUESTS} requests")


def bench(chosen: list[Cell], seconds: float) -> None:
    """The whole run."""
    with servers.engines() as addresses:
        subject = servers.Subject(addresses, PROCESSES)
        print("Loading the demonstration …", flush=True)
        subject.prepare()
        found = subject.look()
        port = servers.free_port()
        command = ["-m", "sparkle_site.serve", f"--port={port}"]
        print(f"\n{PROCESSES} web processes, {os.cpu_count()} processors, {seconds:g} s a cell\n")
        print(COLUMNS.format("", "requests/s", "p50 ms", "p99 ms", "queries", "of B", "of E", "target"))
        bare, empty = yardsticks(seconds)
        with servers.running(command, subject.production, port, "site", found["addresses"]["home"]) as site:
            cells(site, found, chosen, seconds, bare, empty)
            memory = site.memory()
            print()
            fact(
                "start to first page",
                f"{site.cold_start:.1f} s",
                site.cold_start <= COLD_START_SECONDS,
                "≤ 3.5 s",
            )
            fact("memory, all processes (PSS)", f"{memory:.0f} MB", memory <= MEMORY_MB, f"≤ {MEMORY_MB} MB")
            weights(site, found)
        print(f"integrity afterwards: {subject.check_integrity()}")


def main() -> int:
    """Reads the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="for each cell (5)")
    parser.add_argument("--cells", default="", help=f"comma-separated: {','.join(cell.key for cell in CELLS)}")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed, so nothing can be measured. (Debian: apt-get install wrk)", file=sys.stderr)
        return 1
    names = [name for name in given.cells.split(",") if name]
    if unknown := set(names) - {cell.key for cell in CELLS}:
        parser.error(f"no such cells: {', '.join(sorted(unknown))}")
    try:
        bench([cell for cell in CELLS if not names or cell.key in names], given.seconds)
    except (servers.BenchError, subprocess.TimeoutExpired) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
