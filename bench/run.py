"""`make bench`: rates, latencies, queries, memory, start and weight, beside yardsticks of the same run.

Ends with status 1 when answers are broken, the data is not sound or nothing could be measured; a target that is
missed is shown and is no failure.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench import beside, measure, servers
from bench.cells import BUSY, CELLS, COLD_START_SECONDS, MEMORY_MB, REACTING, REQUESTS, WEIGHT_KB, Cell

PROCESSES = 2
DEMO = "Demo-Stage-2026!"
NEW_POST = json.dumps({"title": "Measured", "content": "<p>A post like many.</p>", "published": True})
NEW_COMMENT = json.dumps({"content": "A comment **like many**, with https://example.org/ in it."})
COLUMNS = "{:<30} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7}  {}"
HEAD = ("", "answers/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "queries", "KB gzip", "of B", "of E", "target")


def _path(cell: Cell, addresses: dict[str, str]) -> str | None:
    """What a cell asks for; None where this site has no such address."""
    detail = addresses.get("detail")
    if cell.reacts:
        return detail and f"{detail}/reactions"
    return addresses.get(cell.key.removesuffix("_kept"))


class Yardstick:
    """Something bare behind the same server, asked before and after each cell.

    A machine that others use too is twice as fast in one minute as in another: only rates of the same seconds can
    be compared.
    """

    def __init__(self, site: servers.Server) -> None:
        self.site = site
        self.rates: list[float] = []

    def ask(self, seconds: int = 1) -> measure.Load:
        """Its rate now."""
        load = measure.load(self.site.port, "/", connections=16, seconds=seconds)
        self.rates.append(load.rate)
        return load

    @property
    def around(self) -> float:
        """The mean of its last two rates: those before and after a cell."""
        return statistics.fmean(self.rates[-2:])


@contextlib.contextmanager
def yardsticks() -> Iterator[tuple[Yardstick, Yardstick]]:
    """The bare ASGI function and the empty Django view, which ask nobody."""
    asks_nobody = {"DATABASE_URL": "postgresql://none/none", "REDIS_URL": "redis://none"}
    settings = {"DJANGO_SETTINGS_MODULE": "bench.empty", "WEB_PROCESSES": str(PROCESSES)}
    environment = {**os.environ, **settings, **asks_nobody}
    bare, empty = servers.free_port(), servers.free_port()
    command = ["-m", "sparkle_site.serve", "--only=web", f"--port={empty}"]
    with (
        servers.running(["-m", "bench.bare", str(bare), str(PROCESSES)], environment, bare, "bare") as bare_site,
        servers.running(command, environment, empty, "empty") as empty_site,
    ):
        yield Yardstick(bare_site), Yardstick(empty_site)


class Table:
    """The rows of one run, measured and printed one after the other, and what was broken in them."""

    def __init__(self, seconds: int, bare: Yardstick, empty: Yardstick) -> None:
        self.seconds = seconds
        self.bare, self.empty = bare, empty
        self.broken: list[str] = []
        print(COLUMNS.format(*HEAD))
        for title, yardstick in (("B: bare ASGI function", bare), ("E: empty Django view", empty)):
            yardstick.ask()  # to warm up
            self._print(title, yardstick.ask(seconds), near_bare=yardstick is bare)

    def even(self) -> None:
        """Prints how the empty view's rate went up and down meanwhile."""
        rates = self.empty.rates[1:]
        fact("E, in the course of the run", f"{min(rates):.0f} to {max(rates):.0f}/s", None, "each row beside its own")

    def cell(self, site: servers.Server, cell: Cell, found: dict[str, Any], tokens: Sequence[str] = ()) -> None:
        """Measures one cell. Without an address or a good answer the row says so."""
        new = "/api/posts" if cell.posts else None
        path = _path(cell, found["addresses"]) or new
        if path is None:
            print(f"{cell.title:<30} – this site has no such address", flush=True)
            return
        headers, body, size = {}, "", None
        if cell.kept:
            headers["Accept-Encoding"] = "gzip"
        elif not (cell.posts or cell.reacts):
            headers["Cookie"] = "messages="  # nobody's, and passed by the page cache
        if cell.signed_in:
            headers["Cookie"] = f"__Host-session={found['cookie']}"
        if cell.posts:
            headers |= {"Authorization": f"Bearer {tokens[0]}", "Content-Type": "application/json"}
            body = NEW_POST if path == new else NEW_COMMENT
        elif not cell.reacts:
            answer = measure.fetch(site.port, path, headers)
            size = answer.size / 1024
            if answer.status != 200:
                self._broken(f"{cell.title:<30} ✗ {path} answers {answer.status or 'nothing'}")
                return
        try:
            self._yardsticks(cell)
            load, processor = self._watched(site, path, cell.connections, headers, body, tokens if cell.reacts else ())
            self._yardsticks(cell)
        except servers.BenchError as error:
            self._broken(f"{cell.title:<30} ✗ {error}")
            return
        queries = found["queries"].get(cell.key)
        targets = self._targets(cell, load, queries)
        self._print(
            cell.title, load, processor=processor, queries=queries, size=size, targets=targets, near_bare=cell.kept
        )
        if load.failed:
            self.broken.append(f"{cell.title}: {load.failed} of {load.answers}")

    def _yardsticks(self, cell: Cell) -> None:
        if cell.kept:
            self.bare.ask()
        self.empty.ask()

    def _targets(self, cell: Cell, load: measure.Load, queries: int | None) -> str:
        """The targets of a cell with a mark for each."""
        found = []
        if cell.of_bare is not None:
            found.append((load.rate >= cell.of_bare * self.bare.around, f"≥ {cell.of_bare} B"))
        if cell.of_empty is not None:
            least = f"{cell.of_empty:.0f} E" if cell.of_empty > 1 else f"E/{1 / cell.of_empty:.0f}"
            found.append((load.rate >= cell.of_empty * self.empty.around, f"≥ {least}"))
        if cell.rate is not None:
            found.append((load.rate >= cell.rate, f"≥ {cell.rate:.0f}/s"))
        if cell.p99 is not None:
            found.append((load.p99 <= cell.p99, f"p99 ≤ {cell.p99:.0f} ms"))
        if cell.queries is not None and queries is not None:
            found.append((queries <= cell.queries, f"≤ {cell.queries} queries"))
        if load.failed:
            found.append((False, f"{load.failed} failed"))
        return ", ".join(("✓ " if good else "✗ ") + text for good, text in found)

    def _watched(self, site: servers.Server, path: str, *asked: Any) -> tuple[measure.Load, float]:
        """After a second to warm up: the load, and the processor time of the web processes for it in seconds."""
        self._load(site.port, path, *asked, seconds=1)
        before = site.processor("web")
        load = self._load(site.port, path, *asked)
        return load, site.processor("web") - before

    def _load(
        self,
        port: int,
        path: str,
        connections: int = 16,
        headers: dict[str, str] | None = None,
        body: str = "",
        reacting: Sequence[str] = (),
        seconds: int = 0,
    ) -> measure.Load:
        return measure.load(
            port, path, connections=connections, seconds=seconds or self.seconds, headers=headers, body=body,
            reacting=reacting,
        )  # fmt: skip

    def _print(
        self,
        title: str,
        load: measure.Load,
        *,
        processor: float | None = None,
        queries: int | None = None,
        size: float | None = None,
        targets: str = "",
        near_bare: bool = False,
    ) -> None:
        print(
            COLUMNS.format(
                title,
                f"{load.rate:.0f}",
                f"{load.p50:.1f}",
                f"{load.p95:.1f}",
                f"{load.p99:.1f}",
                f"{processor * 1000 / load.answers:.2f}" if processor is not None and load.answers else "",
                "" if queries is None else queries,
                "" if size is None else f"{size:.1f}",
                ratio(load.rate, self.bare) if near_bare else "",
                ratio(load.rate, self.empty),
                targets,
            ).rstrip(),
            flush=True,
        )

    def _broken(self, line: str) -> None:
        self.broken.append(" ".join(line.split()))
        print(line, flush=True)


def fact(name: str, value: str, good: bool | None = None, target: str = "") -> None:
    """Prints one line outside of the table."""
    mark = "" if good is None else ("✓ " if good else "✗ ")
    print(f"{name:<30} {value:>20}   {mark}{target}".rstrip(), flush=True)


def ratio(rate: float, yardstick: Yardstick) -> str:
    """One rate as a part or a multiple of the yardstick's."""
    if not rate or not yardstick.rates:
        return ""
    return f"{rate / yardstick.around:.2f}" if rate >= yardstick.around / 2 else f"1/{yardstick.around / rate:.1f}"


def work(done: dict[str, Any]) -> str:
    """What there was to do until the site was calm."""
    return f"{done['facts']} facts and {done['pictures']} pictures in {done['seconds']:.1f} s"


def weights(site: servers.Server, found: dict[str, Any]) -> None:
    """Prints what a first visit weighs."""
    for key in ("home", "post", "author"):
        if key in found["addresses"]:
            size, requests = measure.weight(site.port, found["addresses"][key])
            value = f"{size:.1f} KB, {requests} requests"
            good = size <= WEIGHT_KB and requests <= REQUESTS
            fact(f"first visit, {key}", value, good, f"≤ {WEIGHT_KB} KB HTML+CSS+JS with gzip, ≤ {REQUESTS} requests")


def bench(chosen: list[Cell], seconds: int, *, besides: bool) -> list[str]:
    """The whole run; returns what was broken."""
    with servers.engines() as addresses:
        subject = servers.Subject(addresses, PROCESSES)
        begun = time.monotonic()
        print("Loading the demonstration, and doing what it leaves to the worker …", flush=True)
        calm = subject.prepare()
        found = subject.look()
        fact("made ready", f"{time.monotonic() - begun:.0f} s")
        fact("of it until calm", work(calm))
        busy = servers.busy()
        fact(
            "processors busy before", f"{busy:.0%}", busy <= BUSY, f"≤ {BUSY:.0%}, or only CPU ms and queries say much"
        )
        print(f"\n{PROCESSES} web processes, {os.cpu_count()} processors, {seconds} s a cell\n")
        port = servers.free_port()
        command = ["-m", "sparkle_site.serve", f"--port={port}"]
        with yardsticks() as (bare, empty):
            table = Table(seconds, bare, empty)
            with servers.running(command, subject.production, port, "site", "/healthz") as site:
                measured(site, table, chosen, found)
        if besides:
            measured_beside(subject, seconds, found["addresses"]["home"])
        print()
        fact("facts left when it stopped", str(subject.settle()["facts"]), None, "delivered since")
        print(f"integrity afterwards: {subject.check_integrity()}")
    return table.broken


def measured(site: servers.Server, table: Table, chosen: list[Cell], found: dict[str, Any]) -> None:
    """Measures and prints the cells, those that read first, and the facts about the site as a whole."""
    begun = time.monotonic()
    measure.fetch(site.port, "/")
    start = site.cold_start + time.monotonic() - begun
    found["addresses"]["static"] = next(iter(measure.resources(site.port, "/")), None)
    writing = [cell for cell in chosen if cell.posts or cell.reacts]
    begun, before = time.monotonic(), site.processor("worker")
    for cell in chosen:
        if cell not in writing:
            table.cell(site, cell, found)
    busy, meanwhile = site.processor("worker") - before, time.monotonic() - begun
    tokens = [servers.token(site.port, f"{name}@sparkle.example", DEMO) for name in REACTING] if writing else []
    for cell in writing:
        table.cell(site, cell, found, tokens)
    memory = site.memory()
    print()
    table.even()
    fact("worker while reading", f"{busy:.1f} s CPU in {meanwhile:.0f} s")
    fact("start to first page", f"{start:.1f} s", start <= COLD_START_SECONDS, f"≤ {COLD_START_SECONDS} s")
    fact("memory, all processes (PSS)", f"{memory:.0f} MB", memory <= MEMORY_MB, f"≤ {MEMORY_MB} MB")
    weights(site, found)


def measured_beside(subject: servers.Subject, seconds: int, path: str) -> None:
    """Measures and prints sockets, facts and jobs."""
    print()
    p50, p99, rate = beside.sockets(subject, PROCESSES, max(seconds, 5), path)
    value = f"{p50:.1f} ms, p99 {p99:.1f} ms"
    fact(f"socket's echo at {rate:.0f} pages/s", value, p99 <= beside.ECHO_P99_MS, f"p99 ≤ {beside.ECHO_P99_MS} ms")
    facts = beside.facts(subject)
    good = facts >= beside.FACTS_PER_SECOND
    fact("facts delivered, 2 threads", f"{facts} a second", good, f"≥ {beside.FACTS_PER_SECOND} a second")
    found = beside.jobs(subject)
    good = found["seconds"] <= beside.JOBS_SECONDS
    fact(f"{beside.JOBS:,} small jobs, one worker", f"{found['seconds']:.1f} s", good, f"≤ {beside.JOBS_SECONDS} s")
    found = beside.jobs(subject, kills=beside.KILLS)
    value = f"{found['seconds']:.1f} s, {found['after']:.1f} s after the last"
    good = found["after"] <= beside.SECONDS_AFTER_KILLS
    fact(f"… with {beside.KILLS} kills", value, good, f"each once, ≤ {beside.SECONDS_AFTER_KILLS} s after the last")


def main() -> int:
    """Reads the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="for each cell (3)")
    parser.add_argument("--cells", default="", help=f"comma-separated: {','.join(cell.key for cell in CELLS)}")
    parser.add_argument("--no-besides", action="store_true", help="pages only: no sockets, facts, jobs")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed, so nothing can be measured. (Debian: apt-get install wrk)", file=sys.stderr)
        return 1
    names = [name for name in given.cells.split(",") if name]
    if unknown := set(names) - {cell.key for cell in CELLS}:
        parser.error(f"no such cells: {', '.join(sorted(unknown))}")
    try:
        broken = bench(
            [cell for cell in CELLS if not names or cell.key in names],
            given.seconds,
            besides=not given.no_besides and not names,
        )
    except (servers.BenchError, subprocess.TimeoutExpired) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    for line in broken:
        print(f"broken: {line}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
