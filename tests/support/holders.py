"""Other processes that hold private engines, and what can be seen of the engines from outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sparkle_site.embedded.places import PROJECT, Places, State
from sparkle_site.embedded.processes import processes_in

HOLD = """
import sys
from pathlib import Path
from sparkle_site.embedded import EngineError, hold
try:
    hold(Path(sys.argv[1]), durable=False, postgres="postgres" in sys.argv[2], valkey="valkey" in sys.argv[2])
except EngineError as error:
    sys.exit(f"refused: {error}")
print("held", flush=True)
sys.stdin.read()
"""


def keeper(var: Path) -> State:
    state = State.read(Places.of(var).state)
    assert state is not None
    return state


def postmaster(var: Path) -> int:
    return int(Places.of(var).postgres_data.joinpath("postmaster.pid").read_text().split()[0])


def stopped(var: Path) -> bool:
    """Whether neither keeper nor engines of `var` are left."""
    state = State.read(Places.of(var).state)
    return (state is None or not state.alive) and not in_use(var)


def in_use(var: Path) -> list[int]:
    """Every process of the engines of `var`."""
    places = Places.of(var)
    return processes_in(places.postgres_data) + processes_in(places.valkey_data)


def start_holder(var: Path, engines: str = "postgres,valkey", prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Another process that holds the engines until its standard input is closed."""
    command = [*prefix, *([] if prefix else [sys.executable]), "-c", HOLD, str(var), engines]
    return subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Ends a process of `start_holder`; returns its status and what it complained about."""
    _, complaint = process.communicate(timeout=30)
    return process.returncode, complaint
