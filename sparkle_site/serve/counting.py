"""The folder in which the processes of a site count together (Prometheus' multiprocess mode). No Django."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

#: Read by prometheus_client at its import; without it each process counts for itself.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
#: Stands in a file's name for processes that are dead, whose counts were added up.
DEAD = 0
_FILE = re.compile(r"(?P<kind>counter|histogram|gauge_[a-z]+)_(?P<pid>\d+)\.db")


def prepare(var: Path) -> None:
    """Makes the folder, forgets what earlier sites have counted, and tells this process' children of it.

    It lies in `var`, or in the system's temporary folder where `var` cannot be written.
    """
    try:
        folder = var / "metrics"
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(folder)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="sparkle-metrics-"))
    for file in dead_files(folder):
        file.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)


def dead_files(folder: Path) -> list[Path]:
    """The files of processes that live no more; another site may use the folder, and keeps its own."""
    found = []
    for file in folder.glob("*.db"):
        match = _FILE.fullmatch(file.name)
        if match and not _lives(int(match["pid"])):
            found.append(file)
    return found


def _lives(pid: int) -> bool:
    return pid != DEAD and Path(f"/proc/{pid}").exists()
