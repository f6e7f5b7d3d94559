"""`python -m sparkle_site.embedded status|stop`: the private engines on the command line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from sparkle_site.embedded import DEFAULT_VAR, EngineError
from sparkle_site.embedded.keeper import KINDS, detach, keep
from sparkle_site.embedded.places import Places, State

STOP_LIMIT = 60.0


def say(text: str) -> None:
    """Prints a line."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """Prints a line where errors go."""
    sys.stderr.write(f"{text}\n")


def users(places: Places) -> list[int]:
    """The processes that locked `var/in-use` (proc_locks(5)); children that share a lock are not listed."""
    if not places.in_use.exists():
        return []
    inode = places.in_use.stat().st_ino
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    shared = [line for line in lines if (line[1], line[3]) == ("FLOCK", "READ")]
    return sorted({int(line[4]) for line in shared if line[5].endswith(f":{inode}")})


def status(places: Places) -> int:
    """Prints whether the engines run and who uses them."""
    state = State.read(places.state)
    if state is None or not state.alive:
        say(f"The engines of {places.var} do not run.")
        return 0
    used_by = ", ".join(map(str, users(places))) or "nobody"
    say(f"The engines of {places.var} run: {', '.join(state.ready) or state.message}")
    say(f"Keeper {state.pid}, used by {used_by}. Sockets in {places.sockets}.")
    return 0


def stop(places: Places, *, force: bool) -> int:
    """Waits until the engines are down. Refuses while somebody uses them, unless by `force`."""
    state = State.read(places.state)
    if force and state is not None and state.alive:
        os.kill(state.pid, signal.SIGTERM)
    limit = time.monotonic() + STOP_LIMIT
    while state is not None and state.alive:
        in_use = users(places)
        if in_use and not force:
            who = ", ".join(map(str, in_use))
            complain(f"The engines of {places.var} are in use by process {who}. Stop it first.")
            return 1
        if time.monotonic() > limit:
            complain(f"The engines of {places.var} do not stop. See {places.log('keeper')}.")
            return 1
        time.sleep(0.05)
    return 0


def main() -> int:
    """Reads the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sparkle_site.embedded", description=__doc__)
    parser.add_argument("command", choices=["status", "stop", "keep"], help="keep is for internal use")
    parser.add_argument("--var", type=Path, default=DEFAULT_VAR, help="the folder of the engines (var)")
    parser.add_argument("--force", action="store_true", help="stop although somebody uses them")
    hidden = argparse.SUPPRESS
    parser.add_argument("--engine", action="append", default=[], choices=sorted(KINDS), help=hidden)
    parser.add_argument("--not-durable", action="store_true", help=hidden)
    given = parser.parse_args()
    try:
        places = Places.of(given.var)
        if given.command == "keep":
            detach()
            return keep(places, given.engine, durable=not given.not_durable)
        if given.command == "stop":
            return stop(places, force=given.force)
        return status(places)
    except EngineError as error:
        complain(str(error))
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
