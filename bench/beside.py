"""What is measured beside the pages: sockets under load, facts and jobs, each in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bench import measure, servers
from sparkle_site.embedded.places import PROJECT

ECHO_P99_MS = 25
FACTS_PER_SECOND = 200
JOBS, JOBS_SECONDS = 10_000, 60
KILLS, SECONDS_AFTER_KILLS = 50, 90
#: Passed by the page cache, so that Django is busy.
BUSY = {"Cookie": "messages="}


def sockets(subject: servers.Subject, processes: int, seconds: int, path: str) -> tuple[float, float, float]:
    """The median and 99th percentile of a socket's answer in ms while pages are asked for, and pages a second."""
    port = servers.free_port()
    command = ["-m", "bench.echo", str(port), str(processes)]
    with servers.running(command, subject.production, port, "echo", "/healthz"):
        measure.load(port, path, connections=16, seconds=1, headers=BUSY)
        talking = subprocess.Popen(
            [sys.executable, "-m", "bench.sockets", str(port), str(seconds)],
            cwd=PROJECT, env=dict(os.environ), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        load = measure.load(port, path, connections=16, seconds=seconds, headers=BUSY)
        output, _errors = talking.communicate(timeout=60)
    if talking.returncode != 0:
        raise servers.BenchError("The sockets did not answer.")
    found: dict[str, Any] = json.loads(output)
    return found["p50"], found["p99"], load.rate


def facts(subject: servers.Subject) -> int:
    """Facts a second, with two threads of one process."""
    return int(servers.run(["-m", "bench.facts"], {**subject.demo, "LOG_LEVEL": "error"}))


def jobs(subject: servers.Subject, *, kills: int = 0) -> dict[str, float]:
    """Seconds for ten thousand small jobs, and those after the last kill."""
    command = ["-m", "bench.jobs", f"--jobs={JOBS}", f"--kills={kills}"]
    found: dict[str, float] = json.loads(servers.run(command, {**subject.demo, "LOG_LEVEL": "error"}))
    return found
